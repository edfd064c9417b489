# What `sillar version` says. The commit is asked for at each build and not when CMake is configured, so that it does not
# go stale; a source file is written only when it changed. Run as a script with ROOT, OUT, VERSION, COMPILER and BUILD.
if(CMAKE_SCRIPT_MODE_FILE)
  set(commit unknown)
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND ${GIT} -C ${ROOT} rev-parse --short=12 HEAD OUTPUT_VARIABLE head RESULT_VARIABLE failed
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      execute_process(COMMAND ${GIT} -C ${ROOT} diff --quiet HEAD RESULT_VARIABLE changed ERROR_QUIET)
      set(commit ${head})
      if(changed)
        string(APPEND commit +)
      endif()
    endif()
  endif()
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
#include "cli/build_info.h"

namespace sillar::cli {

BuildInfo build_info() {
  return {"@VERSION@", "@commit@", "@COMPILER@", "@BUILD@"};
}

}  // namespace sillar::cli
]])
  return()
endif()

set(SILLAR_BUILD_INFO_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(sillar_build_info TARGET)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/build_info.cpp)
  add_custom_target(
    ${TARGET}_build_info
    COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -DOUT=${out} -DVERSION=${PROJECT_VERSION}
            "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" -DBUILD=$<CONFIG> -P
            ${SILLAR_BUILD_INFO_SCRIPT}
    BYPRODUCTS ${out}
    VERBATIM)
  add_dependencies(${TARGET} ${TARGET}_build_info)
  target_sources(${TARGET} PRIVATE ${out})
endfunction()
