# Puts a file's bytes into a module, so that the program carries its data along.
#
#   sillar_embed(MODULE FILE NAME)
#
# NAME becomes `const std::string_view sillar::embedded::NAME`; the .cpp that uses it declares it extern. Call it after
# sillar_module(MODULE). The build runs this same file as a script, with IN, OUT and NAME.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${IN}" bytes HEX)  # Numbers and not a literal: no byte can end it, and no compiler limits its length.
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
#include <string_view>

namespace sillar::embedded {

extern const std::string_view @NAME@;

namespace {
constexpr unsigned char kBytes[] = {
@bytes@0};
}  // namespace

const std::string_view @NAME@{reinterpret_cast<const char*>(kBytes), sizeof kBytes - 1};

}  // namespace sillar::embedded
]])
  return()
endif()

set(SILLAR_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(sillar_embed MODULE FILE NAME)
  if(NOT TARGET sillar_${MODULE})
    return()
  endif()
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${NAME}.cpp)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DIN=${FILE} -DOUT=${out} -DNAME=${NAME} -P ${SILLAR_EMBED_SCRIPT}
    DEPENDS ${FILE} ${SILLAR_EMBED_SCRIPT}
    COMMENT "Embedding ${FILE}"
    VERBATIM)
  target_sources(sillar_${MODULE} PRIVATE ${out})
endfunction()
