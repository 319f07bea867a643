# What every target is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
find_package(Threads REQUIRED)

find_program(CCACHE ccache)
if(CCACHE)
  # What the cache asks for before it takes a source with a precompiled header (its manual, "Precompiled headers").
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(fluoro_compiler INTERFACE)
target_compile_options(fluoro_compiler INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Wno-sign-conversion
  $<$<BOOL:${FLUORO_WARNINGS_AS_ERRORS}>:-Werror>
  # GCC 12 sees overlapping copies in "text" + std::string where there are none (its bug 105651).
  -Wno-restrict
  # The same source gives the same bits at every optimisation level: no fused multiply-add behind our back.
  -ffp-contract=off -fstack-protector-strong
  $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
target_compile_definitions(fluoro_compiler INTERFACE _GLIBCXX_ASSERTIONS)
target_link_libraries(fluoro_compiler INTERFACE Threads::Threads)
if(FLUORO_SANITIZE)
  target_compile_options(fluoro_compiler INTERFACE -fsanitize=${FLUORO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(fluoro_compiler INTERFACE -fsanitize=${FLUORO_SANITIZE})
  target_compile_definitions(fluoro_compiler INTERFACE FLUORO_SANITIZED)
endif()
if(FLUORO_COVERAGE)
  target_compile_options(fluoro_compiler INTERFACE --coverage -O0)
  target_link_options(fluoro_compiler INTERFACE --coverage)
endif()
