#pragma once

// ankerl::unordered_dense by the standard's containers: the same interface as far as mediasoup's worker uses it,
// slower to walk through. mediasoup keeps tables of names and of ports in it, none of them on the path of a packet
// except the hash of an address, which stays std::hash.

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl
{
	namespace unordered_dense
	{
		template<class T, class Enable = void>
		struct hash : std::hash<T>
		{
		};

		template<class Key, class Value, class Hash = hash<Key>, class Equal = std::equal_to<Key>>
		using map = std::unordered_map<Key, Value, Hash, Equal>;

		template<class Key, class Hash = hash<Key>, class Equal = std::equal_to<Key>>
		using set = std::unordered_set<Key, Hash, Equal>;
	} // namespace unordered_dense
} // namespace ankerl
