# Tests of the program as it is delivered: the built binary, its scenarios, its installation.
paygrid_tests(cli paygrid_scenario paygrid_report paygrid_explore nlohmann_json::nlohmann_json)
add_dependencies(cli_tests paygrid)
target_compile_definitions(cli_tests PRIVATE PAYGRID_PROGRAM="$<TARGET_FILE:paygrid>" PAYGRID_CMAKE="${CMAKE_COMMAND}"
  PAYGRID_BUILD_DIR="${CMAKE_BINARY_DIR}")

# Every scenario that ships meets its own expectations.
file(GLOB_RECURSE scenario_files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/scenarios/*.yaml)
add_test(NAME scenarios COMMAND paygrid check ${scenario_files} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(scenarios PROPERTIES LABELS fast)

# `check` can fail: the canary's expectation is wrong, and the exit code must say so, safety first.
add_test(NAME canary COMMAND sh -c "\"$1\" check \"$2\"; test $? -eq 1" sh $<TARGET_FILE:paygrid>
  ${CMAKE_CURRENT_SOURCE_DIR}/cli/canary.yaml)
set_tests_properties(canary PROPERTIES LABELS fast)
