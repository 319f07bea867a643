# fluoro_shaders(<target> a.comp b.comp ...): compiles shaders/<file> to SPIR-V for Vulkan 1.2, checks it,
# and gives <target> a header <fluoro_shaders/<stem>.hpp> holding `inline constexpr std::uint32_t <stem>_spv[]`.
find_program(GLSLC glslc REQUIRED)
find_program(SPIRV_VAL spirv-val)

function(fluoro_shaders target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/shaders/fluoro_shaders)
  file(MAKE_DIRECTORY ${folder})
  foreach(shader IN LISTS ARGN)
    get_filename_component(stem ${shader} NAME_WE)
    set(source ${CMAKE_SOURCE_DIR}/shaders/${shader})
    set(spv ${folder}/${stem}.spv)
    set(header ${folder}/${stem}.hpp)
    add_custom_command(
      OUTPUT ${header}
      COMMAND ${GLSLC} --target-env=vulkan1.2 -O -Werror -I ${CMAKE_SOURCE_DIR}/shaders -MD -MF ${spv}.d -o ${spv} ${source}
      COMMAND ${SPIRV_VAL} --target-env vulkan1.2 ${spv}
      COMMAND ${CMAKE_COMMAND} -DIN=${spv} -DOUT=${header} -DNAME=${stem}_spv -P ${CMAKE_SOURCE_DIR}/cmake/EmbedSpirv.cmake
      DEPENDS ${source} ${CMAKE_SOURCE_DIR}/cmake/EmbedSpirv.cmake
      DEPFILE ${spv}.d
      COMMENT "Shader ${shader}" VERBATIM)
    target_sources(${target} PRIVATE ${header})
  endforeach()
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/shaders)
endfunction()
