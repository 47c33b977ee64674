# Seeded bugs. Each patch beside this file changes one source of the static rooms; `paygrid-mutant-<name>` is the program with
# that object before the rooms, so that the linker never takes the honest one out of its archive. Built on demand by `mutants`,
# by scripts/mutants and by the slow tests; nothing of it is in the program that ships.
find_program(PATCH_PROGRAM patch REQUIRED)

add_library(mutant_main OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/sim/cli/main.cpp)
target_link_libraries(mutant_main PRIVATE paygrid_cli)
add_custom_target(mutants DEPENDS paygrid)

function(paygrid_mutant patch)
  get_filename_component(name ${patch} NAME_WE)
  file(STRINGS ${patch} targets REGEX "^\\+\\+\\+ b/.+\\.cpp$")
  list(LENGTH targets count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "${patch}: a mutant changes one .cpp file, this patch ${count}")
  endif()
  string(REGEX REPLACE "^\\+\\+\\+ b/" "" source "${targets}")
  set(mutated ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name}.cpp)
  # No fuzz: a patch that has drifted from its source is an error, never a different bug.
  add_custom_command(OUTPUT ${mutated}
    COMMAND ${PATCH_PROGRAM} --silent --fuzz=0 --reject-file=- --output=${mutated} ${CMAKE_SOURCE_DIR}/${source} ${patch}
    DEPENDS ${patch} ${CMAKE_SOURCE_DIR}/${source} COMMENT "Seeding ${name}" VERBATIM)
  add_executable(paygrid-mutant-${name} EXCLUDE_FROM_ALL ${mutated} $<TARGET_OBJECTS:mutant_main>)
  target_link_libraries(paygrid-mutant-${name} PRIVATE paygrid_cli)
  target_compile_options(paygrid-mutant-${name} PRIVATE -O1 -w)
  set_target_properties(paygrid-mutant-${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
  add_dependencies(mutants paygrid-mutant-${name})
endfunction()

file(GLOB patches CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.patch)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/mutants)
foreach(patch IN LISTS patches)
  paygrid_mutant(${patch})
endforeach()

# Built where the tests run, then held against their killers. The canary is a mutant that a scenario must not let pass.
if(SYSTEM_PYTHON AND NOT PAYGRID_SANITIZE)
  set(harness ${SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/mutants.py ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
  add_test(NAME mutants_build COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR} --target mutants)
  add_test(NAME mutants COMMAND ${harness} --quick)
  add_test(NAME mutant_canary COMMAND sh -c "\"$1\" check \"$2\"; test $? -eq 1" sh
    $<TARGET_FILE:paygrid-mutant-decide-before-forced> ${CMAKE_SOURCE_DIR}/scenarios/hard-weather.yaml)
  add_test(NAME track_record
    COMMAND ${SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/track_record_test.py ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
  set_tests_properties(mutants_build PROPERTIES FIXTURES_SETUP mutant_programs LABELS slow TIMEOUT 900)
  set_tests_properties(mutants mutant_canary track_record PROPERTIES FIXTURES_REQUIRED mutant_programs LABELS slow TIMEOUT 600)
endif()
