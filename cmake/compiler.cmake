# Warnings, and the flags that every target shares. The compiler itself is pinned by CMakePresets.json.
add_library(sillar_flags INTERFACE)
target_compile_options(sillar_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor
                                              -Wimplicit-fallthrough -fno-omit-frame-pointer)
option(SILLAR_WERROR "Warnings are errors" ON)
if(SILLAR_WERROR)
  target_compile_options(sillar_flags INTERFACE -Werror)
endif()

set(SILLAR_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
if(SILLAR_SANITIZE)
  add_compile_options(-fsanitize=${SILLAR_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SILLAR_SANITIZE})
endif()
if(SILLAR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(SILLAR_LLD NAMES ld.lld-19)
if(SILLAR_LLD)
  add_link_options(-fuse-ld=${SILLAR_LLD})
endif()

find_program(SILLAR_CCACHE ccache)
if(SILLAR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SILLAR_CCACHE})
endif()
# Paths in debug information and __FILE__ are relative, so that two checkouts build the same bytes.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
