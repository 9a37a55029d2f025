// A folder of a test's own, and trails to put into databases.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/audit/events_for_tests.hpp"
#include "node/audit/database.hpp"

namespace lockstep::node {

class AuditFolder {
 public:
  AuditFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep_audit_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~AuditFolder() { std::filesystem::remove_all(path_); }
  AuditFolder(const AuditFolder&) = delete;
  AuditFolder& operator=(const AuditFolder&) = delete;
  [[nodiscard]] std::string file() const { return (path_ / "audit.db").string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline const AuditOwner test_owner{"rooms", NodeId(3)};

// The first so many events of one trail: the same in every call.
inline std::vector<audit::Event> events_for_tests(std::size_t count) {
  Random random(7);
  audit::Trail trail;
  return audit::tests::append_any(trail, count, random);
}

inline std::string reason_of_refusal(const std::string& file,
                                     const AuditOwner& owner = test_owner) {
  try {
    AuditDatabase database(file, owner);
    return "";
  } catch (const AuditRefused& refused) {
    return refused.what();
  }
}

}  // namespace lockstep::node
