// What --help and the reference say.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kHelp = std::to_array<Entry>({
    {Message::kHelpUsage, "Usage:", "Uso:"},
    {Message::kHelpExamples, "Examples:", "Ejemplos:"},
    {Message::kHelpVerbs, "Verbs:", "Verbos:"},
    {Message::kHelpOperands, "Arguments:", "Argumentos:"},
    {Message::kHelpFlags, "Flags:", "Opciones:"},
    {Message::kHelpCommonFlags, "Flags of every verb", "Opciones de todos los verbos"},
    {Message::kHelpChoices, "One of: {choices}.", "Uno de: {choices}."},
    {Message::kHelpRequired, "Required.", "Obligatorio."},
    {Message::kVerbCompletion, "Prints a completion script for a shell.",
     "Muestra un script de autocompletado para un intérprete de comandos."},
    {Message::kVerbDecide,
     "Decides over a scenario: where each task runs, why it waits, and who gives way to whom.",
     "Decide sobre un escenario: dónde se ejecuta cada tarea, por qué espera y quién cede a "
     "quién."},
    {Message::kVerbPrices,
     "Prints the price map or the location facts that the program carries, to be read or replaced.",
     "Muestra el mapa de precios o los datos de ubicación que lleva el programa, para leerlos o "
     "sustituirlos."},
    {Message::kVerbSchema, "Prints the JSON Schema of a kind of file, for editors.",
     "Muestra el esquema JSON de un tipo de archivo, para editores."},
    {Message::kVerbTest,
     "Decides over scenarios and compares with what they expect; fails if any differs.",
     "Decide sobre escenarios y compara con lo que esperan; falla si alguno difiere."},
    {Message::kVerbValidate, "Checks files and names every fault with line and column.",
     "Comprueba archivos e indica cada error con su línea y columna."},
    {Message::kVerbVersion, "Prints version, commit, compiler and kind of build.",
     "Muestra versión, revisión, compilador y tipo de compilación."},
    {Message::kFlagOutput, "Form of the answer.", "Forma de la respuesta."},
    {Message::kFlagLang, "Language of messages; without it LC_ALL, LC_MESSAGES or LANG decide.",
     "Idioma de los mensajes; sin ella deciden LC_ALL, LC_MESSAGES o LANG."},
    {Message::kFlagNoColor, "No colour, even on a terminal (as NO_COLOR=1).",
     "Sin color, ni siquiera en un terminal (como NO_COLOR=1)."},
    {Message::kFlagQuiet, "No remarks on standard error; errors remain.",
     "Sin observaciones en la salida de errores; los errores permanecen."},
    {Message::kFlagHelp, "Shows this.", "Muestra esta ayuda."},
    {Message::kFlagFleet, "The fleet that projects and workloads are checked against.",
     "La flota contra la que se comprueban proyectos y cargas de trabajo."},
    {Message::kFlagProjects, "The projects that workloads are checked against.",
     "Los proyectos contra los que se comprueban las cargas de trabajo."},
    {Message::kOperandShell, "The shell.", "El intérprete de comandos."},
    {Message::kOperandPrices, "What to print; the price map by default.",
     "Qué mostrar; si falta, el mapa de precios."},
    {Message::kOperandKind, "The kind of file.", "El tipo de archivo."},
    {Message::kOperandModelFiles,
     "Scenarios, fleets, projects or workloads, told apart by their keys; '-' is standard input.",
     "Escenarios, flotas, proyectos o cargas de trabajo, distinguidos por sus claves; '-' es la "
     "entrada estándar."},
    {Message::kOperandScenario, "The scenario; '-' is standard input.",
     "El escenario; '-' es la entrada estándar."},
    {Message::kOperandScenarios, "The scenarios.", "Los escenarios."},
});
static_assert(is_complete(kHelp, Message::kFirstHelp, Message::kFirstTitle));

}  // namespace

std::span<const Entry> help_entries() {
  return kHelp;
}

}  // namespace sillar::cli
