#include "node/audit/reader.hpp"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "core/wire/codec.hpp"
#include "node/audit/inspection.hpp"

namespace lockstep::node {
namespace {

constexpr Duration readers_patience = seconds(5);

Sqlite opened_to_read(const std::string& file) {
  try {
    if (::access(file.c_str(), R_OK) != 0)
      throw AuditRefused(file, "there is no such file, or it may not be read");
    if (std::filesystem::is_directory(file)) throw AuditRefused(file, "it is a folder");
    return {file, Sqlite::Access::read, readers_patience};
  } catch (const SqliteError& error) {
    throw AuditRefused(file, error.what());
  }
}

}  // namespace

AuditReader::AuditReader(std::string file)
    : file_(std::move(file)), database_(opened_to_read(file_)) {
  try {
    database_.distrust_schema();
    if (is_blank(database_)) throw AuditRefused(file_, "it is empty");
    if (const std::string reason = foreign_because(database_); !reason.empty())
      throw AuditRefused(file_, reason);
    owner_ = owner_of(database_);
  } catch (const SqliteError& error) {
    throw AuditRefused(file_, error.what());
  }
}

void AuditReader::events(audit::Sequence from,
                         const std::function<bool(const audit::Event&)>& visit) {
  try {
    Statement rows = database_.prepare(
        "SELECT sequence, body FROM events WHERE sequence >= ? ORDER BY sequence");
    rows.with(static_cast<std::int64_t>(from.value()));
    while (rows.next()) {
      const auto event = wire::decode<audit::Event>(rows.bytes(1));
      if (!event)
        throw AuditRefused(file_, "event " + std::to_string(rows.number(0)) + " cannot be read");
      if (!visit(*event)) return;
    }
  } catch (const SqliteError& error) {
    throw AuditRefused(file_, error.what());
  }
}

AuditVerdict AuditReader::verify(std::optional<Hash> noted_head) {
  return Inspection(database_, owner_, noted_head).verdict();
}

}  // namespace lockstep::node
