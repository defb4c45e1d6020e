#pragma once

// What mediasoup's worker uses of libsrtp 3's API, over libsrtp 2.
//
// Two things differ. A policy is an opaque handle with setters instead of a struct that the caller fills, and
// protecting goes from one buffer to another, with lengths as size_t, instead of in place with lengths as int.
// Cryptex and keys with an MKI, which libsrtp 2.5 lacks or mediasoup leaves unused, are not offered.

#include <srtp2/srtp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Codes that libsrtp 3 adds; mediasoup names them in a table of messages.
constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

// libsrtp 2's policy together with the memory of the key that it points to.
struct srtp3_policy
{
	::srtp_policy_t policy{};
	unsigned char key[SRTP_MAX_KEY_LEN]{};
};

// libsrtp 3 gives the name srtp_policy_t to the handle, libsrtp 2 to the struct. Its functions are declared by
// now, so that from here on the name can mean the handle.
using srtp3_policy_t = srtp3_policy*;
#define srtp_policy_t srtp3_policy_t

inline srtp_err_status_t srtp_policy_create(srtp3_policy_t* out)
{
	auto* handle = new (std::nothrow) srtp3_policy();

	if (!handle)
	{
		return srtp_err_status_alloc_fail;
	}

	handle->policy.key = handle->key;
	*out               = handle;

	return srtp_err_status_ok;
}

inline void srtp_policy_destroy(srtp3_policy_t handle)
{
	if (!handle)
	{
		return;
	}

	// A plain memset before delete may be optimised away, and the key would stay in freed memory.
	volatile unsigned char* key = handle->key;

	for (size_t i{ 0 }; i < sizeof(handle->key); ++i)
	{
		key[i] = 0;
	}

	delete handle;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp3_policy_t handle, srtp_ssrc_t ssrc)
{
	handle->policy.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp3_policy_t handle, srtp_profile_t profile)
{
	const auto err = srtp_crypto_policy_set_from_profile_for_rtp(&handle->policy.rtp, profile);

	if (err != srtp_err_status_ok)
	{
		return err;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&handle->policy.rtcp, profile);
}

// libsrtp 2 takes key and salt as one piece of memory, the salt behind the key.
inline srtp_err_status_t srtp_policy_add_key(
  srtp3_policy_t handle,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* mki,
  size_t mkiLen)
{
	if (mki || mkiLen != 0 || keyLen > sizeof(handle->key) || saltLen > sizeof(handle->key) - keyLen)
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(handle->key, key, keyLen);
	std::memcpy(handle->key + keyLen, salt, saltLen);

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp3_policy_t handle, bool allow)
{
	handle->policy.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp3_policy_t handle, size_t packets)
{
	handle->policy.window_size = packets;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp3_policy_t handle)
{
	return ::srtp_create(session, &handle->policy);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return ::srtp_remove_stream(session, ssrc);
}

// Copies `in` to `out` and lets a function of libsrtp 2 change it there. `outLen` says how much fits before the
// call and how much it is after it; the change adds at most `growth` bytes.
template<typename Transform>
inline srtp_err_status_t srtp3_transform(
  const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t growth, Transform transform)
{
	if (inLen > static_cast<size_t>(INT_MAX) - growth)
	{
		return srtp_err_status_bad_param;
	}

	if (*outLen < inLen + growth)
	{
		return srtp_err_status_buffer_small;
	}

	if (in != out)
	{
		std::memmove(out, in, inLen);
	}

	int len        = static_cast<int>(inLen);
	const auto err = transform(out, &len);

	*outLen = static_cast<size_t>(len);

	return err;
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return srtp3_transform(
	  rtp,
	  rtpLen,
	  srtp,
	  srtpLen,
	  SRTP_MAX_TRAILER_LEN,
	  [session](uint8_t* packet, int* len) { return ::srtp_protect(session, packet, len); });
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return srtp3_transform(
	  srtp,
	  srtpLen,
	  rtp,
	  rtpLen,
	  0,
	  [session](uint8_t* packet, int* len) { return ::srtp_unprotect(session, packet, len); });
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	return srtp3_transform(
	  rtcp,
	  rtcpLen,
	  srtcp,
	  srtcpLen,
	  SRTP_MAX_TRAILER_LEN,
	  [session](uint8_t* packet, int* len) { return ::srtp_protect_rtcp(session, packet, len); });
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return srtp3_transform(
	  srtcp,
	  srtcpLen,
	  rtcp,
	  rtcpLen,
	  0,
	  [session](uint8_t* packet, int* len) { return ::srtp_unprotect_rtcp(session, packet, len); });
}
