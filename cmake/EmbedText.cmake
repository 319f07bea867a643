# Writes the text file IN as a C++ string_view NAME into OUT.
file(READ "${IN}" text)
file(WRITE "${OUT}" "#pragma once\n#include <string_view>\nnamespace fluoro::assets {\ninline constexpr std::string_view ${NAME} = R\"baked(${text})baked\";\n}\n")
