#pragma once

// Where the text forms meet the records: the decoder knows the document, the path from its root to
// the value in hand, and the faults found so far; the schema writer collects what the tables
// describe. Internal to model.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "model/fleet.h"

namespace sillar {

class Decoder {
 public:
  // Requires: `document` and `fleet` outlive this. Names of classes and locations are resolved in
  // `fleet`; a node that names a class or stands at a location not yet in it adds it.
  Decoder(const Document& document, Fleet& fleet) : document_(document), fleet_(fleet) {}

  [[nodiscard]] Fleet& fleet() { return fleet_; }
  [[nodiscard]] const Document& document() const { return document_; }

  // Records a fault of the value in hand. Returns false, for `return decoder.fault(...)`.
  bool fault(const Value& at, std::string_view message);
  bool fault(int line, int column, std::string_view path, std::string_view message);

  [[nodiscard]] bool failed() const { return count_ > 0; }
  // All faults, one a line. Requires: failed().
  [[nodiscard]] Error error() const;

  [[nodiscard]] std::string path() const;

  // Counts items that a compact form makes; false when the document makes too many.
  [[nodiscard]] bool charge_copies(std::int64_t count);
  // The location's id in the fleet, which it joins if it is new.
  [[nodiscard]] LocationId intern(const Location& location);

  // One step of the path, for the scope that reads the value it leads to.
  class Step {
   public:
    Step(Decoder& decoder, std::string_view key) : decoder_(decoder) {
      decoder.path_.push_back({key, 0});
    }
    Step(Decoder& decoder, std::size_t index) : decoder_(decoder) {
      decoder.path_.push_back({{}, index});
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { decoder_.path_.pop_back(); }

   private:
    Decoder& decoder_;
  };

 private:
  struct Part {
    std::string_view key;  // Of data(), null: an index.
    std::size_t index;
  };

  const Document& document_;
  Fleet& fleet_;
  std::vector<Part> path_;
  std::vector<std::string> faults_;
  std::size_t count_ = 0;
  std::int64_t copies_ = 0;
  std::map<std::string, LocationId> locations_;
};

// "the text 'x'", "the number 3", "a list", "a mapping", "nothing".
[[nodiscard]] std::string describe(const Value& value);
// "; did you mean 'x'?", or nothing.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);

// Writes JSON Schema. Records are written once each, as definitions that refer to one another.
class SchemaWriter {
 public:
  using Define = std::function<void(SchemaWriter&)>;

  JsonWriter json{2};

  // Writes a reference to the definition `name`, to be written by `define` before the end.
  void refer(std::string_view name, Define define);
  // Writes the definitions that were referred to, and those that they refer to.
  void write_definitions();

 private:
  std::map<std::string, Define, std::less<>> wanted_;
  std::map<std::string, bool, std::less<>> written_;
};

}  // namespace sillar
