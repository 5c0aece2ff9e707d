# Installs Assay to a folder of its own, builds the template and copies of two of the models against it, tries the
# conformance suite on them, and compares the template with a baseline in an experiment.
file(REMOVE_RECURSE ${FOLDER})
set(prefix ${FOLDER}/prefix)
set(ENV{XDG_CACHE_HOME} ${FOLDER}/cache)

# step(WHAT command...): runs a command, ends the test where it fails; what it wrote is in `output`.
function(step what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${FOLDER} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${what}: exit code ${code}\n${out}\n${err}")
  endif()
  message(STATUS "${what}: done")
  set(output "${out}${err}" PARENT_SCOPE)
endfunction()

# expect(TEXT): the last step must have written it.
function(expect text)
  if(NOT output MATCHES "${text}")
    message(FATAL_ERROR "expected \"${text}\" in:\n${output}")
  endif()
endfunction()

function(build name source)
  step("configure ${name}" ${CMAKE_COMMAND} -S ${source} -B ${FOLDER}/build-${name} -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
  step("build ${name}" ${CMAKE_COMMAND} --build ${FOLDER}/build-${name})
  step("ctest ${name}" ${CMAKE_CTEST_COMMAND} --test-dir ${FOLDER}/build-${name} --output-on-failure)
  expect("100% tests passed")
endfunction()

file(MAKE_DIRECTORY ${FOLDER})
step("install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
set(runner ${prefix}/bin/runner)

file(COPY ${SOURCE}/plugins/template DESTINATION ${FOLDER})
build(template ${FOLDER}/template)
set(plugin ${FOLDER}/build-template/plugins/recent_popularity.so)
step("check" ${runner} check ${plugin})
expect("0 broken")
step("plugins" ${runner} plugins --plugin-path ${FOLDER}/build-template/plugins)
expect("recent_popularity +1.0.0")
expect("prefix/lib[^\n]*/assay/plugins/popularity.so")
step("describe" ${runner} describe recent_popularity --plugin-path ${FOLDER}/build-template/plugins)
expect("half_life_days")

# Models of the tree need nothing of the tree but the SDK.
foreach(model ease cfgan)
  file(COPY ${SOURCE}/plugins/models/${model} DESTINATION ${FOLDER}/copies)
  file(WRITE ${FOLDER}/copies/${model}-outside/CMakeLists.txt
    "cmake_minimum_required(VERSION 3.25)\nproject(${model}_outside LANGUAGES CXX)\nfind_package(Assay REQUIRED)\n"
    "enable_testing()\nadd_subdirectory(../${model} ${model})\n")
  build(${model} ${FOLDER}/copies/${model}-outside)
endforeach()

# A small shop: user u likes item i where both are of one taste; every line has its own day.
set(lines "user,item,rating,time\n")
set(day 0)
foreach(user RANGE 1 40)
  foreach(item RANGE 1 25)
    math(EXPR mixed "(${user} * 7 + ${item} * 11 + ${user} * ${item}) % 5")
    if(mixed LESS 2)
      math(EXPR day "${day} + 1")
      math(EXPR time "1600000000 + ${day} * 86400")
      math(EXPR rating "1 + (${user} + ${item}) % 5")
      string(APPEND lines "${user},${item},${rating},${time}\n")
    endif()
  endforeach()
endforeach()
file(WRITE ${FOLDER}/shop.csv "${lines}")
file(WRITE ${FOLDER}/shop.json [=[{
  "name": "shop",
  "datasets": [{"name": "shop", "plugin": "csv",
    "params": {"path": "shop.csv", "user": "user", "item": "item", "value": "rating", "time": "time"}}],
  "split": {"strategy": "random_holdout", "test": 0.2, "validation": 0.1, "seed": 42},
  "models": [{"plugin": "popularity"}, {"plugin": "recent_popularity", "params": {"half_life_days": 30}}],
  "metrics": {"names": ["precision", "recall", "ndcg"], "cutoffs": [5, 10], "primary": "ndcg@10"}
}
]=])
step("experiment" ${runner} run shop.json --db ${FOLDER}/shop.db --plugin-path ${FOLDER}/build-template/plugins)
find_program(sqlite sqlite3)
if(sqlite)
  step("results" ${sqlite} ${FOLDER}/shop.db "SELECT label || ' is ' || status FROM runs ORDER BY label")
  expect("popularity is done\nrecent_popularity is done")
endif()
