#include "node/ctl/words.hpp"

#include <cstdio>

#include "node/ctl/cluster.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {

std::string value_of(const std::string& word) {
  if (word != "-") return word;
  std::string bytes;
  char part[65536];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, stdin)) > 0;)
    bytes.append(part, got);
  if (std::ferror(stdin) != 0) throw Stop(exit_usage, "the value cannot be read from stdin");
  return bytes;
}

}  // namespace lockstep::ctl
