// The headers of tests/CMakeLists.txt are compiled ahead of this file, once for all tests.
