#include "sim/report/latex.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "core/base/check.hpp"
#include "sim/report/latex_text.hpp"
#include "sim/report/put.hpp"

namespace lockstep::sim {
namespace {

constexpr std::size_t most_rows = 40;           // of a page
constexpr std::size_t most_narrow_columns = 5;  // of a table in one column

// A table that is too wide is made smaller as a whole. Floats may wait for hundreds of others.
constexpr std::string_view preamble = R"(\newif\ifieee
\IfFileExists{IEEEtran.cls}{\ieeetrue}{}
\ifieee
\documentclass[conference]{IEEEtran}
\else
\documentclass[10pt,twocolumn]{article}
\newcommand{\IEEEauthorblockN}[1]{#1\\}
\newcommand{\IEEEauthorblockA}[1]{#1}
\newenvironment{IEEEkeywords}{\par\noindent\textbf{Keywords: }}{\par}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\fi
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage{graphicx}
\extrafloats{500}
\newsavebox{\fitted}
\newcommand{\fit}[1]{\sbox{\fitted}{#1}%
  \ifdim\wd\fitted>\linewidth\resizebox{\linewidth}{!}{\usebox{\fitted}}\else\usebox{\fitted}\fi}
)";

std::vector<std::string> sources_of(const Overview& overview) {
  std::vector<std::string> sources;
  for (const auto& question : overview.questions) {
    const bool known = std::find(sources.begin(), sources.end(), question.source) != sources.end();
    if (!question.source.empty() && !known) sources.push_back(question.source);
  }
  return sources;
}

std::uint64_t runs_of(const Overview& overview) {
  const auto& rows = overview.results.rows;
  std::uint64_t runs = 0;
  if (rows.empty()) return runs;
  const auto column = std::find(rows[0].begin(), rows[0].end(), "runs") - rows[0].begin();
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const auto place = static_cast<std::size_t>(column);
    std::uint64_t own = 0;
    if (place < rows[r].size())
      std::from_chars(rows[r][place].data(), rows[r][place].data() + rows[r][place].size(), own);
    runs += own;
  }
  return runs;
}

void put_title(PageText& out, const Overview& overview) {
  put(out,
      "% Written by lockstep report --template ieee; what is left to write stands in comments.\n"
      "% pdflatex report.tex, twice, with Debian's texlive-publishers (without it an article).\n{}"
      "\\begin{{document}}\n\\title{{{}}}\n"
      "% Who you are.\n\\author{{\\IEEEauthorblockN{{Authors}}\\IEEEauthorblockA{{Affiliation}}}}\n"
      "\\maketitle\n\n\\begin{{abstract}}\n% Why this matters, and what you conclude.\n",
      preamble, escaped_latex(overview.title));
  for (const auto& question : overview.questions) put(out, "{}\n", escaped_latex(question.why));
  put(out, "We ran {} simulations of {}; the verdict is: {}.\n\\end{{abstract}}\n",
      runs_of(overview),
      overview.questions.size() == 1 ? "one scenario"
                                     : fmt::format("{} scenarios", overview.questions.size()),
      escaped_latex(overview.verdict));
  put(out, "\\begin{{IEEEkeywords}}\ndistributed algorithms, simulation");
  std::vector<std::string> protocols;
  for (const auto& question : overview.questions) {
    if (std::find(protocols.begin(), protocols.end(), question.protocol) == protocols.end())
      protocols.push_back(question.protocol);
  }
  for (const auto& protocol : protocols) {
    if (!protocol.empty()) put(out, ", {}", escaped_latex(protocol));
  }
  put(out, "\n\\end{{IEEEkeywords}}\n");
}

void put_questions(PageText& out, const Overview& overview,
                   const std::vector<std::string>& sources) {
  put(out, "\n\\section{{Introduction}}\n% What is known, and what is not.\n");
  for (const auto& question : overview.questions) {
    put(out, "\\textbf{{{}}}. {}", escaped_latex(question.title), escaped_latex(question.why));
    const auto source = std::find(sources.begin(), sources.end(), question.source);
    if (source != sources.end()) put(out, "~\\cite{{source{}}}", source - sources.begin() + 1);
    put(out, "\n\n");
  }
  put(out,
      "\\section{{Set-up}}\n% Why these parameters.\nEvery run is a deterministic simulation of a "
      "scenario file, given by its seed. The scenarios as they ran are in the appendix.\n");
}

void put_rows(PageText& out, const Overview::Table& table, std::size_t from, std::size_t until) {
  const auto& rows = table.rows;
  put(out, "\\fit{{\\footnotesize\\begin{{tabular}}{{");
  for (const std::string& cell : rows[1]) put(out, "{}", looks_like_number(cell) ? 'r' : 'l');
  put(out, "}}\n\\hline\n");
  const auto put_row = [&](const std::vector<std::string>& row) {
    for (std::size_t c = 0; c < rows[1].size(); ++c)
      put(out, "{}{}", c == 0 ? "" : " & ", c < row.size() ? escaped_latex(row[c]) : "");
    put(out, " \\\\\n");
  };
  put_row(rows[0]);
  put(out, "\\hline\n");
  for (std::size_t r = from; r < until; ++r) put_row(rows[r]);
  put(out, "\\hline\n\\end{{tabular}}}}\n");
}

void put_table(PageText& out, const Overview::Table& table, std::string_view caption) {
  if (table.rows.size() < 2) return;
  const std::string_view name = table.rows[0].size() > most_narrow_columns ? "table*" : "table";
  for (std::size_t from = 1; from < table.rows.size(); from += most_rows) {
    put(out, "\\begin{{{}}}[!t]\n\\centering\n\\caption{{{}{}{}}}\n", name, escaped_latex(caption),
        from > 1 ? " (continued)" : "",
        table.note.empty() ? "" : fmt::format("; {}", escaped_latex(table.note)));
    put_rows(out, table, from, std::min(from + most_rows, table.rows.size()));
    put(out, "\\end{{{}}}\n", name);
  }
}

// Between two marks, with the entities that XML itself has.
std::string xml_text(std::string_view svg, std::string_view begin, std::string_view end) {
  const auto from = svg.find(begin);
  const auto until = svg.find(end, from == std::string_view::npos ? from : from + begin.size());
  if (until == std::string_view::npos) return "";
  std::string text(svg.substr(from + begin.size(), until - from - begin.size()));
  for (const auto& [entity, letter] : {std::pair("&lt;", "<"), std::pair("&gt;", ">"),
                                       std::pair("&quot;", "\""), std::pair("&amp;", "&")}) {
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1))
      text.replace(at, std::string_view(entity).size(), letter);
  }
  return text;
}

// What lockstep plot calls a figure, or the name of its file.
std::string caption_of(const std::pair<std::string, std::string>& figure) {
  const auto& [name, svg] = figure;
  const std::string title = xml_text(svg, "<dc:title>", "</dc:title>");
  if (title.empty()) return name.substr(0, name.rfind(".svg"));
  const std::string more = xml_text(svg, "<dc:description>", "</dc:description>");
  return more.empty() ? title
                      : fmt::format("{}. {}", title, more.substr(0, more.find(" Made by:")));
}

void put_results(PageText& out, const Overview& overview, const std::vector<std::string>& files) {
  put(out, "\n\\section{{Results}}\n% What the tables and figures show.\n");
  put_table(out, overview.results, "Results");
  for (const auto& table : overview.tables) put_table(out, table, table.caption);
  for (std::size_t i = 0; i < files.size(); ++i) {
    put(out,
        "\\begin{{figure}}[!t]\n\\centering\n\\includegraphics[width=\\linewidth]{{{}}}\n"
        "\\caption{{{}}}\n\\label{{figure{}}}\n\\end{{figure}}\n",
        files[i], escaped_latex(caption_of(overview.figures[i])), i + 1);
  }
  for (std::size_t i = 0; i < files.size(); ++i)
    put(out, "% Figure~\\ref{{figure{}}} shows that ...\n", i + 1);
  if (overview.broken.empty()) return;
  put(out, "\n\\section{{What broke}}\n\\begin{{itemize}}\\raggedright\n");
  for (const auto& broken : overview.broken) {
    put(out, "\\item {}:", latex_code(broken.result));
    for (const auto& text : broken.texts) put(out, " {}.", escaped_latex(text));
    put(out, "\n");
  }
  put(out, "\\end{{itemize}}\n");
}

void put_commands(PageText& out, const Overview& overview) {
  put(out, "\n\\section{{How to repeat}}\n");
  put_table(out, overview.environment, "Builds that ran it");
  if (overview.commands.rows.size() < 2) return;
  put(out, "\\begin{{itemize}}\\footnotesize\\raggedright\n");
  for (std::size_t r = 1; r < overview.commands.rows.size(); ++r) {
    put(out, "\\item");
    for (const auto& cell : overview.commands.rows[r]) put(out, " {}", latex_code(cell));
    put(out, "\n");
  }
  put(out, "\\end{{itemize}}\n");
}

void put_sources(PageText& out, const std::vector<std::string>& sources) {
  if (sources.empty()) return;
  put(out, "\n\\begin{{thebibliography}}{{99}}\n");
  for (std::size_t i = 0; i < sources.size(); ++i)
    put(out, "\\bibitem{{source{}}} {}\n", i + 1, escaped_latex(sources[i]));
  put(out, "\\end{{thebibliography}}\n");
}

void put_scenarios(PageText& out, const Overview& overview) {
  put(out, "\n\\appendix\n\\section*{{Scenarios}}\n");
  for (const auto& question : overview.questions) {
    put(out, "\\subsection*{{{}}}\n{{\\scriptsize\\raggedright\\noindent\n",
        escaped_latex(question.title));
    for (std::size_t begin = 0; begin < question.set_up.size();) {
      const std::size_t end = std::min(question.set_up.find('\n', begin), question.set_up.size());
      const std::string_view line(question.set_up.data() + begin, end - begin);
      const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
      put(out, "\\hspace*{{{}em}}{}\\newline\n", indent / 2, latex_code(line.substr(indent)));
      begin = end + 1;
    }
    put(out, "\\par}}\n");
  }
}

}  // namespace

std::string render_latex(const Overview& overview, const std::vector<std::string>& figures) {
  check(figures.size() == overview.figures.size(), "a file a figure");
  PageText out;
  const std::vector<std::string> sources = sources_of(overview);
  put_title(out, overview);
  put_questions(out, overview, sources);
  put_results(out, overview, figures);
  put_commands(out, overview);
  put(out, "\n\\section{{Conclusion}}\n% What follows, and what it does not.\n");
  put_sources(out, sources);
  put_scenarios(out, overview);
  put(out, "\\end{{document}}\n");
  return fmt::to_string(out);
}

}  // namespace lockstep::sim
