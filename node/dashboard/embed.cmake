# Puts the dashboard together from FOLDER/template.html, dashboard.css and js/*.js, in the order of their names.
# OUTPUT: a C++ file that holds the page (node/dashboard/page.hpp). PAGE: the page itself, for the tests. Either or both.
# A part has to stay below 65536 bytes, the longest string a compiler must take.
function(part out file)
  file(SIZE ${file} size)
  if(size GREATER 65000)
    message(FATAL_ERROR "${file}: ${size} bytes; split it, a part of the page may have 65000")
  endif()
  file(READ ${file} text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# split TEXT at the first MARK.
function(split text mark before after)
  string(FIND "${text}" "${mark}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "template.html: no ${mark}")
  endif()
  string(SUBSTRING "${text}" 0 ${at} head)
  string(LENGTH "${mark}" length)
  math(EXPR at "${at} + ${length}")
  string(SUBSTRING "${text}" ${at} -1 tail)
  set(${before} "${head}" PARENT_SCOPE)
  set(${after} "${tail}" PARENT_SCOPE)
endfunction()

part(template ${FOLDER}/template.html)
split("${template}" "{{style}}" head rest)
split("${rest}" "{{script}}" middle tail)
part(style ${FOLDER}/dashboard.css)

set(literals "R\"lockstep(${head})lockstep\",\n      R\"lockstep(${style})lockstep\",\n      R\"lockstep(${middle})lockstep\",\n")
set(page "${head}${style}${middle}")
file(GLOB scripts ${FOLDER}/js/*.js)
list(SORT scripts)
foreach(script IN LISTS scripts)
  part(text ${script})
  string(APPEND literals "      R\"lockstep(${text})lockstep\",\n")
  string(APPEND page "${text}")
endforeach()
string(APPEND literals "      R\"lockstep(${tail})lockstep\"")
string(APPEND page "${tail}")

if(PAGE)
  file(WRITE ${PAGE} "${page}")
endif()
if(OUTPUT)
  file(WRITE ${OUTPUT} "#include \"node/dashboard/page.hpp\"

#include <string>

namespace lockstep::node {

std::string_view dashboard_page() {
  static const std::string page = [] {
    std::string whole;
    for (const char* part : {
      ${literals}}) {
      whole += part;
    }
    return whole;
  }();
  return page;
}

}  // namespace lockstep::node
")
endif()
