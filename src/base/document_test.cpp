#include "base/document.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace sillar {
namespace {

Value parse(std::string_view text) {
  auto document = parse_document("t.yaml", text);
  EXPECT_TRUE(document) << document.error().message;
  return document ? document->root : Value{};
}

std::string fault(std::string_view text) {
  auto document = parse_document("t.yaml", text);
  return document ? "no error" : document.error().message;
}

TEST(Document, KeepsScalarsAsWritten) {
  const Value root = parse("{a: no, b: 'no', c: 010, d: 1e3, e: ~, f: !!str 5, g: [x, \"y\"]}");
  ASSERT_EQ(root.kind, Value::Kind::kMapping);
  EXPECT_EQ(root.find("a")->scalar, "no");
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_TRUE(root.find("b")->quoted);
  EXPECT_EQ(root.find("c")->scalar, "010");
  EXPECT_EQ(root.find("d")->scalar, "1e3");
  EXPECT_EQ(root.find("e")->kind, Value::Kind::kNull);
  EXPECT_TRUE(root.find("f")->quoted);
  ASSERT_EQ(root.find("g")->items.size(), 2U);
  EXPECT_TRUE(root.find("g")->items[1].quoted);
  EXPECT_EQ(root.find("h"), nullptr);
}

TEST(Document, ReadsJson) {
  const Value root = parse(
      "{\n\t\"a\": [1, 2.5e3, true, null, \"x\\u00e9\\n\\/\"],\n\t\"b\": "
      "{\"c\":\"d\",\"e\":-1}\n}\n");
  const Value& a = *root.find("a");
  ASSERT_EQ(a.items.size(), 5U);
  EXPECT_EQ(a.items[1].scalar, "2.5e3");
  EXPECT_EQ(a.items[3].kind, Value::Kind::kNull);
  EXPECT_EQ(a.items[4].scalar, "x\xC3\xA9\n/");
  EXPECT_EQ(root.find("b")->find("c")->scalar, "d");
  EXPECT_EQ(root.find("b")->find("e")->scalar, "-1");
}

TEST(Document, ReadsSurrogatesInJson) {
  const Value root = parse(R"({"a": "x\uD83D\ude00y", "b": "\\ud83d\\ude00", "c": "\u00e9"})");
  EXPECT_EQ(root.find("a")->scalar, "x\xF0\x9F\x98\x80y");
  EXPECT_EQ(root.find("b")->scalar, "\\ud83d\\ude00");
  EXPECT_EQ(root.find("c")->scalar, "\xC3\xA9");
  EXPECT_NE(fault(R"({"a": "\ud83d"})"), "no error");
  EXPECT_NE(fault(R"({"a": "\ud83d\u0041"})"), "no error");
  EXPECT_EQ(parse(R"(a: '\ud83d\ude00')").find("a")->scalar, "\\ud83d\\ude00");
}

TEST(Document, TakesWhatIsYamlButNotJson) {
  EXPECT_EQ(parse("{a: b, \"c\": d} # e").find("c")->scalar, "d");
  EXPECT_EQ(parse("[1, 2, ]").items.size(), 2U);
  EXPECT_EQ(parse("{\"a\": \"x\n  y\"}").find("a")->scalar, "x y");
  // Of the two readers' faults the later one is told.
  EXPECT_EQ(fault("{\"a\": 1,\n \"b\" 2}"), "t.yaml:2:6: ':' was expected");
  EXPECT_EQ(fault("[1]\n]"), "t.yaml:2:1: text after the end of the document");
  EXPECT_NE(fault("{\"a\": \"\\q\"}"), "no error");
  EXPECT_EQ(fault("{\"a\": \"\\ud83dx\"}"), "t.yaml:1:14: half of a pair of surrogates");
  EXPECT_EQ(fault("{\"a\": 1, \"b\": 2, \"a\": 3}"),
            "t.yaml:1:18: 'a' is given twice; first at 1:2");
  EXPECT_EQ(fault("{\"a\": \"b"), "t.yaml:1:9: a text is not closed on its line");
}

TEST(Document, JsonAndYamlAgree) {
  // JSON, and the same with a comment, which only YAML takes.
  const std::string text =
      "{\n  \"a\" : [1, -2.5e3, true, false, null, \"x\", {}, []],\n\t\"b\": {\"c\": "
      "\"\\u00e9\"}\n}\n";
  const Value json = parse(text);
  const Value yaml = parse(text + "# end\n");
  EXPECT_EQ(print_json(json), print_json(yaml));
  EXPECT_EQ(json.key_marks, yaml.key_marks);
  for (std::size_t i = 0; i < 8; ++i) {
    const Value& a = json.find("a")->items[i];
    const Value& b = yaml.find("a")->items[i];
    EXPECT_EQ(a.kind, b.kind) << i;
    EXPECT_EQ(a.quoted, b.quoted) << i;
    EXPECT_EQ(a.line, b.line) << i;
    EXPECT_EQ(a.column, b.column) << i;
  }
}

TEST(Document, KnowsLinesAndColumns) {
  const Value root = parse("a: 1\nb:\n  - x\n  - yy: 2\n");
  EXPECT_EQ(root.find("a")->line, 1);
  EXPECT_EQ(root.find("a")->column, 4);
  EXPECT_EQ(root.key_marks[1], (std::pair{2, 1}));
  const Value& second = root.find("b")->items[1];
  EXPECT_EQ(second.key_marks[0], (std::pair{4, 5}));
  EXPECT_EQ(second.find("yy")->line, 4);
  EXPECT_EQ(second.find("yy")->column, 9);
}

TEST(Document, RefusesWithAPosition) {
  EXPECT_EQ(fault(""), "t.yaml:1:1: the document is empty");
  EXPECT_EQ(fault("\n# only a comment\n"), "t.yaml:1:1: the document is empty");
  EXPECT_EQ(fault("a: 1\nb: 2\na: 3\n"), "t.yaml:3:1: 'a' is given twice; first at 1:1");
  EXPECT_EQ(fault("a: \xff\n"), "t.yaml:1:4: the text is not valid UTF-8");
  EXPECT_EQ(fault("a: \x01\n"), "t.yaml:1:4: control character 0x01");
  EXPECT_EQ(fault(std::string_view("a\0b", 3)), "t.yaml:1:2: control character 0x00");
  EXPECT_EQ(fault("? [a]\n: 1\n"), "t.yaml:1:3: a key must be a single word or text");
  EXPECT_EQ(fault("a: !thing 1\n"), "t.yaml:1:4: the tag '!thing' is not known here");
  EXPECT_EQ(fault("a: &x 1\nb:\n  <<: *x\n"),
            "t.yaml:3:3: merge keys (<<) are not part of YAML 1.2; repeat the fields");
  EXPECT_EQ(fault("a: 1\n---\nb: 2\n"),
            "t.yaml:3:1: a second document begins here; one was expected");
  EXPECT_TRUE(fault("a: [1, 2\n").starts_with("t.yaml:")) << fault("a: [1, 2\n");
  EXPECT_EQ(fault(",: 2\n"), "t.yaml:1:1: this is not the start of a value");
  EXPECT_TRUE(fault("a: b: c\n").starts_with("t.yaml:1:")) << fault("a: b: c\n");
}

TEST(Document, FindsADuplicateAmongManyKeys) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(fault(text + "key7: 2\nkey3: 2\n"),
            "t.yaml:101:1: 'key7' is given twice; first at 8:1");
}

TEST(Document, BoundsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_document("t", nested(64)));
  EXPECT_EQ(fault(nested(65)), "t.yaml:1:65: nested deeper than 64 levels");
  EXPECT_EQ(fault(nested(100'000)), "t.yaml:1:1001: nested deeper than 64 levels");
  std::string block;
  for (std::size_t i = 0; i < 100; ++i) block += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(fault(block), "t.yaml:65:65: nested deeper than 64 levels");
}

TEST(Document, ExpandsAnchorsWithinABound) {
  const Value root = parse("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n");
  EXPECT_EQ(root.find("b")->find("k")->items.size(), 2U);
  EXPECT_EQ(root.find("c")->items[1].find("k")->items[1].scalar, "2");

  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int j = 1; j < 10; ++j) laughs += ", " + below;
    laughs += "]\n";
  }
  EXPECT_NE(fault(laughs).find("more than 4000000 values"), std::string::npos) << fault(laughs);

  std::string wide = "a: &a " + std::string(1 << 20, 'x') + "\nb: [*a";
  for (int i = 0; i < 70; ++i) wide += ", *a";
  EXPECT_NE(fault(wide + "]\n").find("aliases repeat more than 64 MiB"), std::string::npos);
  EXPECT_NE(fault("a: &a [*a]\n"), "no error");
}

TEST(Document, BoundsSize) {
  const std::string text(kDocumentBytesMax + 1, 'x');
  EXPECT_EQ(fault(text), "t.yaml: larger than 64 MiB");
}

TEST(Document, ReadsSeveral) {
  const auto documents = parse_documents("t", "a: 1\n---\nb: 2\n---\n");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ((*documents)[1].root.find("b")->line, 3);
  EXPECT_FALSE(parse_documents("t", "---\n---\n"));
}

TEST(Document, PrintsWhatItReads) {
  Value root = Value::mapping();
  root.set("name", Value::text("a b"));
  root.set("count", Value::plain("12"));
  root.set("version", Value::text("1.10"));
  root.set("no", Value::text("no"));
  root.set("time", Value::plain("2026-01-01T00:00:00Z"));
  root.set("note", Value::text("a: b # c\nd \"e\" \xC3\xB1"));
  root.set("empty", Value::sequence());
  root.set("none", Value::mapping());
  Value list = Value::sequence();
  for (int i = 0; i < 3; ++i) {
    Value item = Value::mapping();
    item.set("name", Value::text("a-rather-long-name-to-leave-flow-style-" + std::to_string(i)));
    Value inner = Value::sequence();
    for (int j = 0; j < 30; ++j) inner.items.push_back(Value::plain(std::to_string(j * 1000)));
    item.set("values", inner);
    list.items.push_back(item);
  }
  root.set("list", list);
  root.set("short", parse("[a, {b: c}]"));

  const std::string yaml = print_yaml(root);
  EXPECT_TRUE(
      yaml.starts_with("name: \"a b\"\ncount: 12\nversion: \"1.10\"\n\"no\": \"no\"\n"
                       "time: 2026-01-01T00:00:00Z\n"))
      << yaml;
  EXPECT_NE(yaml.find("short: [a, {b: c}]\n"), std::string::npos) << yaml;
  // Everything that holds for the tree holds for what is read back, in both forms.
  EXPECT_EQ(print_json(parse(yaml)), print_json(parse(print_json(root)))) << yaml;
  EXPECT_EQ(print_json(parse(yaml), 0), print_json(root, 0)) << yaml;
}

TEST(Document, NumbersOfJson) {
  for (const char* text : {"0", "-1", "10", "1.5", "-0.5e+10", "1E3"})
    EXPECT_TRUE(is_json_number(text)) << text;
  for (const char* text : {"", "-", "01", "1.", ".5", "1e", "0x1", "1 ", "+1", "nan"})
    EXPECT_FALSE(is_json_number(text)) << text;
}

TEST(ReadFile, ReadsOrSaysWhyNot) {
  const std::string folder = testing::TempDir();
  const std::string path = folder + "/sillar_read_file_test";
  std::ofstream(path) << "12345";
  EXPECT_EQ(*read_file(path), "12345");
  EXPECT_EQ(*read_file(path, 5), "12345");
  EXPECT_EQ(read_file(path, 4).error().message, path + ": larger than the limit of 4 bytes");
  std::filesystem::remove(path);
  EXPECT_EQ(read_file(path).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_file(path).error().message, path + ": No such file or directory");
  EXPECT_EQ(read_file(folder).error().message, folder + ": is a directory, a file was expected");
  EXPECT_FALSE(read_file("/dev/zero", 1 << 20));
}

TEST(DidYouMean, FindsTheSlip) {
  const std::vector<std::string> known{"accelerators", "memory", "memory_max", "cpu"};
  EXPECT_EQ(did_you_mean("acelerators", known), "accelerators");
  EXPECT_EQ(did_you_mean("memroy", known), "memory");
  EXPECT_EQ(did_you_mean("cpus", known), "cpu");
  EXPECT_EQ(did_you_mean("gpu", known), "cpu");
  EXPECT_EQ(did_you_mean("topology", known), "");
  EXPECT_EQ(did_you_mean("", known), "");
  EXPECT_EQ(did_you_mean("x", known), "");
}

}  // namespace
}  // namespace sillar
