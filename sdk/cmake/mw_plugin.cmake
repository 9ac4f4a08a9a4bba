# mw_plugin: the one CMake verb of plug-ins, in this tree and outside it.
# SPDX-License-Identifier: Apache-2.0
#
#   mw_plugin(greeter SOURCES plugin.cpp TESTS greeter_test.cpp)
#   mw_plugin(transport.tcp SOURCES plugin.cpp link.cpp TESTS tcp_test.cpp LIBRARIES lz4)
#
# Builds <type name>.so, which links the SDK alone: a plug-in cannot reach the kernel or another plug-in.
# TESTS become the test program <type name>_test, linked with the plug-in's own objects and mw::testing;
# MW_PLUGIN_FILE in it is the path of the library. With TEST_ONLY the library stays in the build tree, in
# test_plugins: a plug-in that exists for the sake of tests.
# The path of a message crosses many small files: in release builds the optimiser sees them together.
function(mw_optimise_whole)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR MW_SANITIZE)
    return()
  endif()
  if(NOT DEFINED MW_CAN_OPTIMISE_WHOLE)
    include(CheckIPOSupported)
    check_ipo_supported(RESULT can OUTPUT why LANGUAGES CXX)
    set(MW_CAN_OPTIMISE_WHOLE ${can} CACHE INTERNAL "whether the compiler has link-time optimisation")
  endif()
  if(MW_CAN_OPTIMISE_WHOLE)
    set_target_properties(${ARGN} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
endfunction()

function(mw_plugin type)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TEST_ONLY" "" "SOURCES;TESTS;LIBRARIES;INCLUDES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mw_plugin(${type}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  string(MAKE_C_IDENTIFIER ${type} id)
  set(sdk meshwright::mw_sdk)

  add_library(${id}_objects OBJECT ${arg_SOURCES})
  target_link_libraries(${id}_objects PUBLIC ${sdk} ${arg_LIBRARIES})
  target_include_directories(${id}_objects PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${arg_INCLUDES})
  set_target_properties(${id}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                        VISIBILITY_INLINES_HIDDEN ON)
  # A test may link the objects of two plug-ins, and only one of their entry points: that file stays alone.
  set_source_files_properties(plugin.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(TARGET mw_warnings)
    target_link_libraries(${id}_objects PRIVATE mw_warnings)
  endif()

  add_library(${id}_plugin MODULE)
  target_link_libraries(${id}_plugin PRIVATE ${id}_objects)
  mw_optimise_whole(${id}_objects ${id}_plugin)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/mw_plugin.map)
  target_link_options(${id}_plugin PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--version-script=${map})
  set_property(TARGET ${id}_plugin APPEND PROPERTY LINK_DEPENDS ${map})
  if(NOT MW_SANITIZE)
    target_link_options(${id}_plugin PRIVATE -Wl,--no-undefined)
  endif()
  set(folder plugins)
  if(arg_TEST_ONLY)
    set(folder test_plugins)
  endif()
  set_target_properties(${id}_plugin PROPERTIES PREFIX "" OUTPUT_NAME ${type}
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${folder})
  set_property(GLOBAL APPEND PROPERTY MW_PLUGINS ${id}_plugin)
  if(NOT TARGET mw_plugins)
    add_custom_target(mw_plugins)  # all of them, without their tests
  endif()
  add_dependencies(mw_plugins ${id}_plugin)
  if(NOT arg_TEST_ONLY)
    include(GNUInstallDirs)
    install(TARGETS ${id}_plugin LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/meshwright/plugins)
  endif()

  if(arg_TESTS AND (MW_TESTS OR NOT DEFINED MW_TESTS))
    add_executable(${id}_test ${arg_TESTS})
    target_link_libraries(${id}_test PRIVATE ${id}_objects meshwright::mw_testing)
    target_compile_definitions(${id}_test PRIVATE MW_PLUGIN_FILE="$<TARGET_FILE:${id}_plugin>")
    add_dependencies(${id}_test ${id}_plugin)
    if(TARGET mw_warnings)
      target_link_libraries(${id}_test PRIVATE mw_warnings)
    endif()
    add_test(NAME ${type} COMMAND ${id}_test)
    set_tests_properties(${type} PROPERTIES LABELS unit)
  endif()
endfunction()
