#include "base/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <numeric>
#include <optional>
#include <streambuf>

#include "base/check.h"
#include "base/utf8.h"

namespace sillar {
namespace {

// Thrown by the handler to leave the parser, and caught before this file returns.
struct Fault {
  int line = 0;
  int column = 0;
  std::string message;
};

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

// Looks at every byte once before the parser sees the text. The scanner of yaml-cpp keeps the
// tokens of a whole flow collection in memory, and guesses at UTF-16 from zero bytes; both are kept
// away from it here: brackets may not be open beyond any sensible number, and structural characters
// bound the tokens.
void check_text(std::string_view text) {
  constexpr int kOpenBracketsMax = 1'000;  // Brackets inside strings count too, hence so many.
  int line = 1;
  std::size_t line_start = 0;
  int open = 0;
  std::size_t structural = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto here = [&](std::string message) {
      return Fault{line, static_cast<int>(i - line_start) + 1, std::move(message)};
    };
    std::size_t length = 1;
    if (c >= 0x80) {
      length = utf8_length(text.substr(i));
      if (length == 0) throw here("the text is not valid UTF-8");
    } else if (is_forbidden_control(c)) {
      throw here(fmt::format("control character 0x{:02x}", c));
    } else if (c == '\n') {
      ++line;
      line_start = i + 1;
      ++structural;
    } else if (c == '[' || c == '{') {
      ++structural;
      if (++open > kOpenBracketsMax)
        throw here(fmt::format("nested deeper than {} levels", kDocumentDepthMax));
    } else if (c == ']' || c == '}') {
      open = std::max(open - 1, 0);
    } else if (c == ',' || c == ':' || c == '-' || c == '?') {
      ++structural;
    }
    if (structural > 4 * kDocumentNodesMax)
      throw here(fmt::format("the document has more than {} values", kDocumentNodesMax));
    i += length;
  }
}

// The four digits of "\\uD83D" at `at`, or -1.
int unicode_escape(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "\\u" || text.size() - at < 6) return -1;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
  return error == std::errc{} && end == text.data() + at + 6 ? value : -1;
}

// JSON escapes characters beyond U+FFFF as two surrogates, which YAML refuses; YAML's own escape
// for them takes their place. Empty: the text is not JSON, or has none.
std::string join_surrogates(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || (text[first] != '{' && text[first] != '[')) return {};
  std::string out;
  std::size_t copied = 0;
  for (std::size_t i = text.find('\\'); i < text.size(); i = text.find('\\', i)) {
    const int high = unicode_escape(text, i);
    const int low = high >= 0xD800 && high < 0xDC00 ? unicode_escape(text, i + 6) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
      i += 2;  // What is escaped may be a backslash.
      continue;
    }
    out += text.substr(copied, i - copied);
    out += fmt::format("\\U{:08X}", 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    i += 12;
    copied = i;
  }
  if (copied > 0) out += text.substr(copied);
  return out;
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
    check_unique(frames_.back().value);
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

  static Fault at(const YAML::Mark& mark, std::string message) {
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
    if (++nodes_ > kDocumentNodesMax)
      throw at(mark, fmt::format("the document has more than {} values", kDocumentNodesMax));
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
    if (frames_.size() >= static_cast<std::size_t>(kDocumentDepthMax))
      throw at(mark, fmt::format("nested deeper than {} levels", kDocumentDepthMax));
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

  static void check_unique(const Value& mapping) {
    constexpr std::size_t kFewFields = 16;
    const auto& fields = mapping.fields;
    std::optional<std::pair<std::size_t, std::size_t>> twice;  // First and second index.
    if (fields.size() <= kFewFields) {
      for (std::size_t i = 1; i < fields.size() && !twice; ++i)
        for (std::size_t j = 0; j < i && !twice; ++j)
          if (fields[i].first == fields[j].first) twice = {j, i};
    } else {
      std::vector<std::size_t> order(fields.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const int c = fields[a].first.compare(fields[b].first);
        return c != 0 ? c < 0 : a < b;
      });
      for (std::size_t i = 1; i < order.size(); ++i) {
        if (fields[order[i]].first != fields[order[i - 1]].first) continue;
        if (!twice || order[i] < twice->second) twice = {order[i - 1], order[i]};
      }
    }
    if (!twice) return;
    const auto [first_line, first_column] = mapping.key_marks[twice->first];
    const auto [line, column] = mapping.key_marks[twice->second];
    throw Fault{line, column,
                fmt::format("'{}' is given twice; first at {}:{}", fields[twice->second].first,
                            first_line, first_column)};
  }

  YAML::Mark start_;
  Value root_;
  std::vector<Frame> frames_;
  std::vector<std::optional<Value>> anchors_;  // By yaml-cpp's number; set when complete.
  std::size_t nodes_ = 0;
  std::size_t copied_bytes_ = 0;
};

Result<std::vector<Document>> parse_all(const std::string& name, std::string_view text) {
  if (text.size() > kDocumentBytesMax)
    return invalid(fmt::format("{}: larger than {} MiB", name, kDocumentBytesMax >> 20));
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<Document> documents;
  try {
    check_text(text);
    const std::string joined = join_surrogates(text);
    if (!joined.empty()) text = joined;
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    for (int last = -1;;) {
      Builder builder;
      if (!parser.HandleNextDocument(builder)) break;
      // At a stray comma or bracket yaml-cpp makes empty documents without end.
      const YAML::Mark& start = builder.start();
      if (start.pos == last)
        throw Fault{start.line + 1, start.column + 1, "this is not the start of a value"};
      last = start.pos;
      documents.push_back({name, builder.take()});
    }
  } catch (const Fault& fault) {
    return invalid(fmt::format("{}:{}:{}: {}", name, fault.line, fault.column, fault.message));
  } catch (const YAML::Exception& error) {
    return invalid(
        fmt::format("{}:{}:{}: {}", name, error.mark.line + 1, error.mark.column + 1, error.msg));
  } catch (const std::exception& error) {
    return invalid(fmt::format("{}: {}", name, error.what()));
  }
  return documents;
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
