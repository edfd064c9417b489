#include "cli/view.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sillar::cli {
namespace {

constexpr TextStyle kPlainStyle{};
constexpr Locale kSpain{Language::kSpanish, true};

Value parsed(std::string_view json) {
  const auto document = parse_document("test", json);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return document ? document->root : Value{};
}

Value fleet() {
  return parsed(R"({"name": "one, two", "rows": [
    {"node": "n0", "state": "Running", "n": 1234.5,
     "cost": {"amount": "12345.678", "currency": "USD"},
     "devices": [{"index": 0, "thousandths": 1000}, {"index": 3, "thousandths": 250}], "none": null,
     "why": {"en": "No room.", "es": "No hay sitio."}},
    {"node": "a-node-with-a-very-long-name", "state": "Pending", "n": 7, "cost": null,
     "devices": [], "none": null, "why": null}]})");
}

View view() {
  return {{ListView{"", {{"name", Message::kTitleFile}, {"absent", Message::kTitleKind}}},
           TableView{"rows",
                     {{"node", Message::kTitleNode},
                      {"state", Message::kTitleState, Cell::kWord},
                      {"n", Message::kTitleNodes, Cell::kNumber},
                      {"cost", Message::kTitleLost, Cell::kMoney},
                      {"devices", Message::kTitleDevices, Cell::kDevices},
                      {"none", Message::kTitleFor},
                      {"why", Message::kTitleReason}},
                     Message::kTitleTasks}}};
}

TEST(View, ShowsListsAndTablesToPeople) {
  EXPECT_EQ(show_text(fleet(), view(), kPlainStyle),
            "File  one, two\n"
            "\n"
            "Tasks\n"
            "Node                          State      Nodes           Lost  Devices   Reason\n"
            "n0                            Running  1,234.5  12,345.68 USD  0, 3:250  No room.\n"
            "a-node-with-a-very-long-name  Pending        7              -  -         -\n");
}

TEST(View, InSpanishWithSpanishNumbers) {
  EXPECT_EQ(
      show_text(fleet(), view(), {kSpain}),
      "Archivo  one, two\n"
      "\n"
      "Tareas\n"
      "Nodo                          Estado         Nodos        Perdido  Dispositivos  Motivo\n"
      "n0                            En ejecución  1234,5  12.345,68 USD  0, 3:250      No hay "
      "sitio.\n"
      "a-node-with-a-very-long-name  Pendiente          7              -  -             -\n");
}

TEST(View, CutsTextsAndNeverNumbersToFitTheTerminal) {
  const std::string text = show_text(fleet(), view(), {{}, 64});
  EXPECT_EQ(text,
            "File  one, two\n"
            "\n"
            "Tasks\n"
            "Node         State      Nodes           Lost  Devices   Reason\n"
            "n0           Running  1,234.5  12,345.68 USD  0, 3:250  No room.\n"
            "a-node-wit…  Pending        7              -  -         -\n");
  EXPECT_NE(show_text(fleet(), view(), {{}, 20}).find("12,345.68 USD"), std::string::npos);
}

TEST(View, CsvIsTheFirstTableWithMachineNames) {
  EXPECT_EQ(show_csv(fleet(), view()),
            "node,state,n,cost.amount,cost.currency,devices,none,why\n"
            "n0,Running,1234.5,12345.678,USD,0 3:250,,No room.\n"
            "a-node-with-a-very-long-name,Pending,7,,,,,\n");
}

TEST(View, CsvOfAListIsOneRowAndQuoted) {
  EXPECT_EQ(show_csv(fleet(), {{view().blocks.front()}}), "name,absent\n\"one, two\",\n");
  EXPECT_EQ(show_csv(parsed(R"({"name": "a \"b\"\nc"})"), {{view().blocks.front()}}),
            "name,absent\n\"a \"\"b\"\"\nc\",\n");
}

TEST(View, AnEmptyTableSaysSo) {
  const View empty{
      {TableView{"rows", {{"node", Message::kTitleNode}}, Message::kNone, Message::kNoVictims}}};
  EXPECT_EQ(show_text(parsed(R"({"rows": []})"), empty, kPlainStyle), "No task was evicted.\n");
  EXPECT_EQ(show_text(parsed("{}"), empty, kPlainStyle), "No task was evicted.\n");
  EXPECT_EQ(show_csv(parsed("{}"), empty), "node\n");
}

TEST(View, CellsShowEachKind) {
  struct Case {
    const char* json;
    Cell cell;
    const char* english;
    const char* spanish;
  };
  for (const Case& c :
       {Case{"null", Cell::kNumber, "-", "-"}, Case{"\"\"", Cell::kText, "-", "-"},
        Case{"12345", Cell::kNumber, "12,345", "12.345"},
        Case{"unlimited", Cell::kNumber, "unlimited", "sin límite"},
        Case{"1.25", Cell::kShort, "1.2", "1,2"}, Case{"0.83125", Cell::kRatio, "83.1 %", "83,1 %"},
        Case{"5400", Cell::kSeconds, "1 h 30 min", "1 h 30 min"},
        Case{"512", Cell::kBytes, "512 B", "512 B"},
        Case{"1610612736", Cell::kBytes, "1.5 GiB", "1,5 GiB"},
        Case{R"({"amount": "0.5964375", "currency": "USD"})", Cell::kPrice, "0.5964375 USD",
             "0,5964375 USD"},
        Case{R"(["a", "b"])", Cell::kText, "a, b", "a, b"}, Case{"[]", Cell::kText, "-", "-"}}) {
    const Value value = parsed("{\"cell\": " + std::string(c.json) + "}");
    EXPECT_EQ(show_cell(value.find("cell"), c.cell, {}), c.english) << c.json;
    EXPECT_EQ(show_cell(value.find("cell"), c.cell, kSpain), c.spanish) << c.json;
  }
}

TEST(View, NamesCannotCommandTheTerminal) {
  const Value value = Value::text(
      "a\x1b[2Jb\nc\xC2\x9B"
      "d\xFFñ");
  EXPECT_EQ(show_cell(&value, Cell::kText, {}), "a?[2Jb?c?d?ñ");
}

TEST(View, MomentsAreShownWithoutPartsOfASecond) {
  const auto shown = [](std::string_view text) {
    const Value value = parsed(fmt::format(R"({{"a": "{}"}})", text));
    return show_cell(value.find("a"), Cell::kText, {});
  };
  EXPECT_EQ(shown("2026-11-24T20:35:28.630446707Z"), "2026-11-24T20:35:28Z");
  EXPECT_EQ(shown("from 2026-11-24T20:35:28.5Z until 2026-11-24T20:36:00Z."),
            "from 2026-11-24T20:35:28Z until 2026-11-24T20:36:00Z.");
  for (const char* other : {"2026-11-24T20:35:28.5", "2026-11-24", "1.5Z", "2026-11-24T20:35:28."})
    EXPECT_EQ(shown(other), other);
}

TEST(View, PathsFindWhatIsThere) {
  const Value value = parsed(R"({"a": {"b": 1}})");
  EXPECT_EQ(find_path(value, "a.b")->scalar, "1");
  EXPECT_EQ(find_path(value, ""), &value);
  EXPECT_EQ(find_path(value, "a.c"), nullptr);
  EXPECT_EQ(find_path(value, "a.b.c"), nullptr);
}

}  // namespace
}  // namespace sillar::cli
