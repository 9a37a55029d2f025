#include "node/files/shelf.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace lockstep::node {
namespace {

namespace fs = std::filesystem;

struct Place {
  fs::path path = [] {
    std::string name = (fs::temp_directory_path() / "lockstep_shelf_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return fs::path(name);
  }();
  Shelf shelf{(path / "deep" / "shared").string()};
  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { fs::remove_all(path); }

  [[nodiscard]] fs::path file(const std::string& name) const { return shelf.folder() + "/" + name; }
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(file(name)) << content;
  }
};

std::string content_of(const OpenFile& file, std::size_t size) {
  std::string content(size, '\0');
  return file && read_at(*file, 0, content.data(), size) ? content : "unreadable";
}

TEST_CASE("only plain files of the folder itself are there") {
  const Place place;
  place.put("b", "two");
  place.put("a", "one");
  place.put(".hidden", "x");
  std::ofstream(place.path / "outside") << "secret";
  fs::create_symlink(place.path / "outside", place.file("link"));
  fs::create_directory(place.file("folder"));
  REQUIRE(::mkfifo(place.file("pipe").c_str(), 0600) == 0);
  CHECK(place.shelf.names() == std::vector<std::string>{"a", "b", "folder", "link", "pipe"});
  CHECK(content_of(place.shelf.open("a"), 3) == "one");
  for (const char* name : {"link", "folder", "pipe", "nothing"})
    CHECK_FALSE(place.shelf.open(name));
}

TEST_CASE("a file on its way has its name when it is whole, and not before") {
  const Place place;
  const OpenFile file = place.shelf.make("a", 6);
  REQUIRE(file);
  CHECK(fs::file_size(place.file(".part-a")) == 6);
  CHECK(place.shelf.names().empty());
  CHECK(write_at(*file, 3, "def"));
  CHECK(write_at(*file, 0, "abc"));
  place.shelf.sync(*file);
  CHECK(place.shelf.finish("a"));
  CHECK(content_of(place.shelf.open("a"), 6) == "abcdef");
  CHECK_FALSE(place.shelf.finish("a"));
}

TEST_CASE("a name that a folder has cannot be had") {
  const Place place;
  REQUIRE(place.shelf.make("a", 1));
  fs::create_directory(place.file("a"));
  CHECK_FALSE(place.shelf.finish("a"));
}

TEST_CASE("what was on its way is taken up, also where it had its name already") {
  const Place place;
  REQUIRE(write_at(*place.shelf.make("a", 3), 0, "abc"));
  CHECK(content_of(place.shelf.take_up("a", 3), 3) == "abc");
  CHECK_FALSE(place.shelf.take_up("a", 4));
  REQUIRE(place.shelf.finish("a"));
  CHECK_FALSE(place.shelf.take_up("a", 4));
  CHECK(content_of(place.shelf.take_up("a", 3), 3) == "abc");
  CHECK(place.shelf.names().empty());
  place.shelf.discard("a");
  CHECK_FALSE(place.shelf.take_up("a", 3));
}

TEST_CASE("a link at the place of a file on its way is not followed") {
  const Place place;
  std::ofstream(place.path / "outside") << "secret";
  fs::create_symlink(place.path / "outside", place.file(".part-a"));
  CHECK_FALSE(place.shelf.make("a", 6));
  CHECK_FALSE(place.shelf.take_up("a", 6));
  CHECK(fs::file_size(place.path / "outside") == 6);
}

TEST_CASE("what is offered stays as it was opened until it is forgotten") {
  Place place;
  place.put("a", "one");
  CHECK(content_of(place.shelf.offered("a"), 3) == "one");
  fs::remove(place.file("a"));
  place.put("a", "two");
  CHECK(content_of(place.shelf.offered("a"), 3) == "one");
  place.shelf.forget_offered();
  CHECK(content_of(place.shelf.offered("a"), 3) == "two");
}

}  // namespace
}  // namespace lockstep::node
