# Writes OUTPUT, a C++ file that holds the report page's fixed parts (sim/report/page.hpp). FOLDER is sim/report; the
# scripts run in the order of their names. A part has to stay below 65536 bytes, the longest string a compiler must take.
function(literal out file)
  file(SIZE ${file} size)
  if(size GREATER 65000)
    message(FATAL_ERROR "${file}: ${size} bytes; split it, a part of the page may have 65000")
  endif()
  file(READ ${file} text)
  set(${out} "R\"lockstep(${text})lockstep\"" PARENT_SCOPE)
endfunction()

literal(document ${FOLDER}/template.html)
literal(style ${FOLDER}/report.css)
file(GLOB scripts ${FOLDER}/js/*.js)
list(SORT scripts)
set(functions "")
foreach(script IN LISTS scripts)
  literal(text ${script})
  string(APPEND functions "      ${text},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"sim/report/page.hpp\"

namespace lockstep::sim::page {

std::string_view document() { return ${document}; }

std::string_view style() { return ${style}; }

const std::vector<std::string_view>& scripts() {
  static const std::vector<std::string_view> all{
${functions}  };
  return all;
}

}  // namespace lockstep::sim::page
")
