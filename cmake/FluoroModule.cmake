# fluoro_module(<name> SOURCES a.cpp ... [USES module ...] [HIDES library ...])
# One engine module = one static library with its own include folder.
#   USES   other modules whose headers our headers may show (PUBLIC)
#   HIDES  libraries linked PRIVATE: our .cpp files see them, nobody else does
function(fluoro_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;HIDES" ${ARGN})
  add_library(fluoro_${name} STATIC ${ARG_SOURCES})
  target_include_directories(fluoro_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include)
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(fluoro_${name} PUBLIC fluoro_${used})
  endforeach()
  target_link_libraries(fluoro_${name} PUBLIC fluoro_compiler PRIVATE ${ARG_HIDES})
endfunction()

# A test's time goes into the engine and into compiling gtest's macros: optimising them hard costs more than it gains.
function(fluoro_test_options target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  # The compiler's own default: a precompiled header serves only those who say the same.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
endfunction()

# fluoro_test(<file.test.cpp> [USES module ...] [HIDES library ...] [LABELS fast|slow ...] [TIMEOUT s])
# One test program per source file, named after its path below tests/; every TEST is a ctest case.
function(fluoro_test source)
  cmake_parse_arguments(ARG "" "TIMEOUT" "USES;HIDES;LABELS" ${ARGN})
  file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  string(REGEX REPLACE "\\.test\\.cpp$" "" stem ${path})
  string(REPLACE "/" "_" target "test_${stem}")
  add_executable(${target} ${source})
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${target} PRIVATE fluoro_${used})
  endforeach()
  target_link_libraries(${target} PRIVATE fluoro_compiler fluoro_test_support ${ARG_HIDES} GTest::gtest_main)
  fluoro_test_options(${target})
  target_precompile_headers(${target} REUSE_FROM fluoro_test_headers)
  if(NOT ARG_LABELS)
    set(ARG_LABELS fast)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(FLUORO_SANITIZE) # instrumented code runs several times slower
    math(EXPR ARG_TIMEOUT "5 * ${ARG_TIMEOUT}")
  endif()
  # One ctest case per program: start-up of the software Vulkan device is paid once.
  add_test(NAME ${stem} COMMAND ${target})
  set_tests_properties(${stem} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
