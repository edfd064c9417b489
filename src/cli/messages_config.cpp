// What the verbs about a service's configuration say.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kConfig = std::to_array<Entry>({
    {Message::kVerbApply, "Takes over a configuration: shows what changes, asks, and does it.",
     "Adopta una configuración: muestra qué cambia, pregunta y lo hace."},
    {Message::kFlagConfigFile,
     "A configuration of a service: options, fleet, projects; '-' is standard input.",
     "Una configuración de un servicio: opciones, flota, proyectos; '-' es la entrada estándar."},
    {Message::kFlagPlanOut, "Keep the plan in a new file that 'apply' takes.",
     "Guardar el plan en un archivo nuevo que 'apply' acepta."},
    {Message::kFlagDetailedExit, "Exit with 0: nothing changes, 2: something does, 1: it failed.",
     "Salir con 0: nada cambia, 2: algo cambia, 1: falló."},
    {Message::kFlagYes, "Do not ask.", "No preguntar."},
    {Message::kOperandPlanFile, "A plan that 'plan --out' kept.",
     "Un plan que guardó 'plan --out'."},
    {Message::kTitleAction, "Action", "Acción"},
    {Message::kTitleFrom, "From", "De"},
    {Message::kTitleTo, "To", "A"},
    {Message::kTitleChanges, "Changes", "Cambios"},
    {Message::kTitleMustLeave, "Has to leave", "Tiene que salir"},
    {Message::kTitleStuck, "Could not start any more", "Ya no podría empezar"},
    {Message::kNothingToChange, "Nothing changes.", "Nada cambia."},
    {Message::kPlanSummary, "To add: {add}. To change: {change}. To remove: {remove}.",
     "Por añadir: {add}. Por cambiar: {change}. Por quitar: {remove}."},
    {Message::kPlanOfWhat,
     "name a file with work and where it would be submitted (--scenario, --recording), or a "
     "configuration with -f FILE",
     "indique un archivo con trabajo y dónde se enviaría (--scenario, --recording), o una "
     "configuración con -f FILE"},
    {Message::kApplyWhat, "name a configuration with -f FILE, or a plan that was kept",
     "indique una configuración con -f FILE, o un plan que se guardó"},
    {Message::kApplyNeedsYes,
     "nobody can be asked here: say --yes, or name a plan that 'plan --out' kept",
     "aquí no se puede preguntar a nadie: use --yes o indique un plan que guardó 'plan --out'"},
    {Message::kApplyQuestion, "Do this? [y/N]", "¿Hacerlo? [s/N]"},
    {Message::kApplyLeft, "Nothing was changed.", "No se cambió nada."},
    {Message::kApplied, "It is in force.", "Está en vigor."},
    {Message::kNotAPlanFile, "{file}: this is not a plan that 'plan --out' kept",
     "{file}: esto no es un plan que guardó 'plan --out'"},
});
static_assert(is_complete(kConfig, Message::kFirstConfig, Message::kCount));

}  // namespace

std::span<const Entry> config_entries() {
  return kConfig;
}

}  // namespace sillar::cli
