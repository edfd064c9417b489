#include "cli/translation.h"

#include <gtest/gtest.h>

#include "cli/cli_fixture.h"

namespace sillar::cli {
namespace {

std::string spanish(std::string_view message) {
  return translate(message, Language::kSpanish);
}

TEST(Translation, FillsGapsAndKeepsPlaces) {
  EXPECT_EQ(spanish("a.yaml:2:15: nodes[0]: unknown field 'clas'; did you mean 'class'?"),
            "a.yaml:2:15: nodes[0]: campo desconocido 'clas'; ¿quiso decir 'class'?");
  EXPECT_EQ(spanish("a.yaml:1:2: limits: 3 is outside 0 to 2"),
            "a.yaml:1:2: limits: 3 está fuera del intervalo de 0 a 2");
  EXPECT_EQ(spanish("a.yaml:1:2: name: a name was expected, not a list"),
            "a.yaml:1:2: name: se esperaba un nombre, no una lista");
  EXPECT_EQ(spanish("a.yaml:1:2: kind: the text 'a' is not one of x, y or z; did you mean 'x'?"),
            "a.yaml:1:2: kind: el texto 'a' no es uno de: x, y, z; ¿quiso decir 'x'?");
  EXPECT_EQ(spanish("t.csv:3: submitted: '' is not a time; write it like 2026-01-31T12:00:00Z"),
            "t.csv:3: submitted: '' no es una hora; escríbala como 2026-01-31T12:00:00Z");
  EXPECT_EQ(spanish("w1: restart cost: 9d is outside 0 to 1d"),
            "w1: coste de reinicio: 9d está fuera del intervalo de 0 a 1d");
}

TEST(Translation, TellsFaultsOfFiles) {
  EXPECT_EQ(spanish("a: b.csv: No such file or directory"),
            "a: b.csv: No existe el archivo o la carpeta");
  EXPECT_EQ(spanish("x: larger than the limit of 67108864 bytes"),
            "x: supera el límite de 67108864 bytes");
}

TEST(Translation, ReadsLineByLineUnlessAQuoteRunsOn) {
  EXPECT_EQ(spanish("a:1:1: the document is empty\na: 3 more faults\n"),
            "a:1:1: el documento está vacío\na: 3 errores más\n");
  EXPECT_EQ(spanish("a:1:1: x: a name has no blanks; the text 'b\nc' has"),
            "a:1:1: x: un nombre no lleva espacios; el texto 'b\nc' los lleva");
}

TEST(Translation, LeavesTheUnknownAlone) {
  for (const char* text : {"", "\n", "gibberish: of a kind", "se esperaba: un nombre"})
    EXPECT_EQ(spanish(text), text);
  const std::string english = "a:1:1: the document is empty";
  EXPECT_EQ(translate(english, Language::kEnglish), english);
  const std::string huge = "unknown field '" + std::string(100'000, 'x') + "'";
  EXPECT_EQ(spanish(huge), huge);
}

TEST(Translation, TellsTheReasonsOfRefusals) {
  EXPECT_EQ(spanish("w: a/b does not exist or has children."),
            "w: a/b no existe o tiene proyectos hijos.");
}

TEST(Translation, PeopleReadFaultsInSpanishAndMachinesInEnglish) {
  TestProcess process;
  process.files["bad.yaml"] = "nodes:\n  - {name: n0, clas: h100}\n";
  EXPECT_EQ(process.run({"validate", "bad.yaml", "--lang", "es"}).err,
            "bad.yaml:2:16: nodes[0]: campo desconocido 'clas'; ¿quiso decir 'class'?\n");
  const Outcome machine = process.run({"validate", "bad.yaml", "--lang", "es", "-o", "json"});
  EXPECT_NE(machine.out.find("unknown field 'clas'"), std::string::npos);
  process.files["odd.yaml"] = "a: 1\n";
  EXPECT_EQ(process.run({"validate", "odd.yaml", "--lang", "es"}).err,
            "odd.yaml: ni escenario, ni flota, ni proyectos, ni cargas de trabajo: ninguna clave "
            "conocida en el nivel superior.\n");
  EXPECT_NE(process.run({"validate", "odd.yaml", "--lang", "es", "-o", "json"}).out.find("neither"),
            std::string::npos);
}

TEST(Translation, TellsWhatANetworkRefuses) {
  EXPECT_EQ(spanish("127.0.0.1:8080: Connection refused"), "127.0.0.1:8080: conexión rechazada");
  EXPECT_EQ(spanish("a:443 (1.2.3.4): TLS: its certificate is not trusted (hostname mismatch)"),
            "a:443 (1.2.3.4): TLS: su certificado no es de confianza (es de otro nombre)");
  EXPECT_EQ(spanish("\"http://a:b/\": its port is not a number from 1 to 65535"),
            "\"http://a:b/\": su puerto no es un número de 1 a 65535");
}

}  // namespace
}  // namespace sillar::cli
