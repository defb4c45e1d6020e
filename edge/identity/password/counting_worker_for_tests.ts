import "./counted_memories_for_tests.ts";
import "./worker.ts";
