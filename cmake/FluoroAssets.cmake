# fluoro_text_assets(<target> folder/a.csv ...): bakes assets/<file> into the program. <target> gets a header
# <fluoro_assets/<stem>.hpp> holding `inline constexpr std::string_view fluoro::assets::<stem>`; nothing is looked up
# at run time.
function(fluoro_text_assets target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/assets/fluoro_assets)
  file(MAKE_DIRECTORY ${folder})
  foreach(asset IN LISTS ARGN)
    get_filename_component(stem ${asset} NAME_WE)
    set(source ${CMAKE_SOURCE_DIR}/assets/${asset})
    set(header ${folder}/${stem}.hpp)
    add_custom_command(
      OUTPUT ${header}
      COMMAND ${CMAKE_COMMAND} -DIN=${source} -DOUT=${header} -DNAME=${stem} -P ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
      DEPENDS ${source} ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
      COMMENT "Asset ${asset}" VERBATIM)
    target_sources(${target} PRIVATE ${header})
  endforeach()
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/assets)
endfunction()
