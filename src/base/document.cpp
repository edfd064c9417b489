#include "base/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>

#include "base/check.h"
#include "base/document_parts.h"
#include "base/utf8.h"

namespace sillar {
namespace {

class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // The get area is never written.
    setg(begin, begin, begin + text.size());
  }
};

bool is_forbidden_control(unsigned char c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

// Looks at every byte once before a parser sees the text: it must be UTF-8 without control
// characters. (yaml-cpp would guess at UTF-16 from zero bytes.)
void check_characters(std::string_view text) {
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x7F) {
      ++i;
      continue;
    }
    const std::size_t length = c < 0x80 ? 1 : utf8_length(text.substr(i));
    if (length == 0 || is_forbidden_control(c))
      throw DocumentFault{line, static_cast<int>(i - line_start) + 1,
                          length == 0 ? "the text is not valid UTF-8"
                                      : fmt::format("control character 0x{:02x}", c)};
    i += length;
    if (c != '\n') continue;
    ++line;
    line_start = i;
  }
}

// The scanner of yaml-cpp keeps the tokens of a whole flow collection in memory before its first
// event, so what may be one is bounded here. Brackets and commas inside texts count too, hence the
// generous bounds.
void check_flow(std::string_view text) {
  constexpr int kOpenBracketsMax = 1'000;
  int line = 1;
  std::size_t line_start = 0;
  int open = 0;
  std::size_t parts = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      line_start = i + 1;
    } else if (c == '[' || c == '{') {
      ++open;
      ++parts;
    } else if (c == ']' || c == '}') {
      open = std::max(open - 1, 0);
    } else if (open > 0 && (c == ',' || c == ':')) {
      ++parts;
    }
    if (open <= kOpenBracketsMax && parts <= kDocumentNodesMax) continue;
    throw DocumentFault{line, static_cast<int>(i - line_start) + 1,
                        open > kOpenBracketsMax ? too_deep() : too_many_values()};
  }
}

// Builds one tree from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start_ = mark; }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw at(mark, "a key must not be empty");
    add(open_value(mark, Value::Kind::kNull), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (expects_key()) throw at(mark, "an alias cannot be a key");
    if (anchor >= anchors_.size() || !anchors_[anchor])
      throw at(mark, "an alias cannot stand inside the value that its anchor names");
    charge(*anchors_[anchor], mark);
    add(*anchors_[anchor], 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool quoted = tag == "!" || is_text_tag(tag);
    if (!quoted) check_tag(tag, mark);
    if (expects_key()) {
      take_key(mark, value, quoted);
      return;
    }
    Value scalar = open_value(mark, Value::Kind::kScalar);
    scalar.quoted = quoted;
    scalar.scalar = value;
    add(std::move(scalar), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_collection(mark, tag, anchor, Value::Kind::kSequence);
  }
  void OnSequenceEnd() override { close_collection(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_collection(mark, tag, anchor, Value::Kind::kMapping);
  }
  void OnMapEnd() override {
    if (auto twice = find_equal_keys(frames_.back().value)) throw std::move(*twice);
    close_collection();
  }

  [[nodiscard]] Value take() { return std::move(root_); }
  [[nodiscard]] const YAML::Mark& start() const { return start_; }

 private:
  struct Frame {
    Value value;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key;
  };

  static DocumentFault at(const YAML::Mark& mark, std::string message) {
    return {mark.line + 1, mark.column + 1, std::move(message)};
  }

  static bool is_text_tag(std::string_view tag) { return tag == "tag:yaml.org,2002:str"; }

  static void check_tag(std::string_view tag, const YAML::Mark& mark) {
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:")) return;
    throw at(mark, fmt::format("the tag '{}' is not known here", tag));
  }

  [[nodiscard]] bool expects_key() const {
    return !frames_.empty() && frames_.back().value.kind == Value::Kind::kMapping &&
           !frames_.back().has_key;
  }

  void count_node(const YAML::Mark& mark) {
    if (++nodes_ > kDocumentNodesMax) throw at(mark, too_many_values());
  }

  Value open_value(const YAML::Mark& mark, Value::Kind kind) {
    count_node(mark);
    Value value;
    value.kind = kind;
    value.line = mark.line + 1;
    value.column = mark.column + 1;
    return value;
  }

  void take_key(const YAML::Mark& mark, const std::string& key, bool quoted) {
    count_node(mark);
    if (!quoted && key == "<<")
      throw at(mark, "merge keys (<<) are not part of YAML 1.2; repeat the fields");
    Frame& frame = frames_.back();
    frame.has_key = true;
    frame.key = key;
    frame.value.key_marks.emplace_back(mark.line + 1, mark.column + 1);
  }

  void open_collection(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       Value::Kind kind) {
    check_tag(tag, mark);
    if (expects_key()) throw at(mark, "a key must be a single word or text");
    if (frames_.size() >= static_cast<std::size_t>(kDocumentDepthMax)) throw at(mark, too_deep());
    Frame frame;
    frame.value = open_value(mark, kind);
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
  }

  void close_collection() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    add(std::move(frame.value), frame.anchor);
  }

  // Puts a finished value into its parent.
  void add(Value value, YAML::anchor_t anchor) {
    if (anchor != 0) {
      charge(value, {});
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
      anchors_[anchor] = value;
    }
    if (frames_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& parent = frames_.back();
    if (parent.value.kind == Value::Kind::kMapping) {
      parent.value.fields.emplace_back(std::move(parent.key), std::move(value));
      parent.has_key = false;
    } else {
      parent.value.items.push_back(std::move(value));
    }
  }

  // Counts a copy of `value` before it is made, so that ten short lines of aliases cannot become
  // gigabytes.
  void charge(const Value& value, const YAML::Mark& mark) {
    count_node(mark);
    copied_bytes_ += value.scalar.size();
    for (const Value& item : value.items) charge(item, mark);
    for (const auto& [key, field] : value.fields) {
      copied_bytes_ += key.size();
      charge(field, mark);
    }
    if (copied_bytes_ > kDocumentBytesMax)
      throw at(mark, fmt::format("aliases repeat more than {} MiB", kDocumentBytesMax >> 20));
  }

  YAML::Mark start_;
  Value root_;
  std::vector<Frame> frames_;
  std::vector<std::optional<Value>> anchors_;  // By yaml-cpp's number; set when complete.
  std::size_t nodes_ = 0;
  std::size_t copied_bytes_ = 0;
};

std::vector<Value> parse_yaml(std::string_view text) {
  check_flow(text);
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  std::vector<Value> roots;
  try {
    YAML::Parser parser(stream);
    for (int last = -1;;) {
      Builder builder;
      if (!parser.HandleNextDocument(builder)) return roots;
      // At a stray comma or bracket yaml-cpp makes empty documents without end.
      const YAML::Mark& start = builder.start();
      if (start.pos == last)
        throw DocumentFault{start.line + 1, start.column + 1, "this is not the start of a value"};
      last = start.pos;
      roots.push_back(builder.take());
    }
  } catch (const YAML::Exception& error) {
    throw DocumentFault{error.mark.line + 1, error.mark.column + 1, error.msg};
  }
}

// JSON is read by its own reader, which is faster and needs less memory; what it does not take may
// still be YAML in flow style. If it is neither, the reader that understood more has the word.
std::vector<Value> parse_text(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || (text[first] != '{' && text[first] != '[')) return parse_yaml(text);
  tl::expected<Value, DocumentFault> json = parse_json(text);
  if (json) {
    std::vector<Value> roots;  // An initializer list would copy the tree.
    roots.push_back(std::move(*json));
    return roots;
  }
  try {
    return parse_yaml(text);
  } catch (const DocumentFault& as_yaml) {
    const auto place = [](const DocumentFault& f) { return std::pair(f.line, f.column); };
    throw place(json.error()) >= place(as_yaml) ? json.error() : as_yaml;
  }
}

Result<std::vector<Document>> parse_all(const std::string& name, std::string_view text) {
  if (text.size() > kDocumentBytesMax)
    return invalid(fmt::format("{}: larger than {} MiB", name, kDocumentBytesMax >> 20));
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  try {
    check_characters(text);
    std::vector<Document> documents;
    for (Value& root : parse_text(text)) documents.push_back({name, std::move(root)});
    return documents;
  } catch (const DocumentFault& fault) {
    return invalid(fmt::format("{}:{}:{}: {}", name, fault.line, fault.column, fault.message));
  } catch (const std::exception& error) {
    return invalid(fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, value] : fields)
    if (name == key) return &value;
  return nullptr;
}

Value Value::text(std::string_view text) {
  Value value = plain(text);
  value.quoted = true;
  return value;
}

Value Value::plain(std::string_view text) {
  Value value;
  value.kind = Kind::kScalar;
  value.scalar = text;
  return value;
}

Value Value::sequence() {
  Value value;
  value.kind = Kind::kSequence;
  return value;
}

Value Value::mapping() {
  Value value;
  value.kind = Kind::kMapping;
  return value;
}

Value& Value::set(std::string_view key, Value value) {
  DCHECK(find(key) == nullptr, "a key is set once");
  fields.emplace_back(key, std::move(value));
  key_marks.emplace_back(0, 0);
  return *this;
}

Result<Document> parse_document(std::string name, std::string_view text) {
  SILLAR_TRY(documents, parse_all(name, text));
  if (documents.empty() ||
      (documents.size() == 1 && documents.front().root.kind == Value::Kind::kNull))
    return invalid(fmt::format("{}:1:1: the document is empty", name));
  if (documents.size() > 1) {
    const Value& second = documents[1].root;
    return invalid(fmt::format("{}:{}:{}: a second document begins here; one was expected", name,
                               second.line, second.column));
  }
  return std::move(documents.front());
}

Result<std::vector<Document>> parse_documents(std::string name, std::string_view text) {
  SILLAR_TRY(documents, parse_all(name, text));
  // "---" at the end, or twice in a row, leaves documents with nothing in them.
  std::erase_if(documents, [](const Document& d) { return d.root.kind == Value::Kind::kNull; });
  if (documents.empty()) return invalid(fmt::format("{}:1:1: the document is empty", name));
  return documents;
}

}  // namespace sillar
