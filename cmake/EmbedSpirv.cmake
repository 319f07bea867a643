# Writes the words of the SPIR-V file IN as a C++ array NAME into OUT.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1u," words "${hex}")
file(WRITE ${OUT} "#pragma once\n#include <cstdint>\ninline constexpr std::uint32_t ${NAME}[] = {${words}};\n")
