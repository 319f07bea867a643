# cmake -DOUT=header -DFILES=a|b|c -DNAME=name -P HashFiles.cmake: `inline constexpr char name[]` = SHA-256 of the files.
string(REPLACE "|" ";" files "${FILES}")
set(all "")
foreach(file IN LISTS files)
  file(SHA256 ${file} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
file(WRITE ${OUT} "#pragma once\nnamespace fluoro {\ninline constexpr char ${NAME}[] = \"${hash}\";\n} // namespace fluoro\n")
