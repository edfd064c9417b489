// What the verb about a running service's alerts says.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kAlerts = std::to_array<Entry>({
    {Message::kVerbAlerts,
     "Shows what has fired and whether it arrived, tries channels, and takes up again what did not "
     "arrive.",
     "Muestra qué alertas hay y si llegaron, prueba canales y reintenta lo que no llegó."},
    {Message::kOperandAlertAction, "What to do; list when absent.",
     "Qué hacer; list si no se indica."},
    {Message::kOperandAlertNames, "Ids of deliveries to retry, or the channel to test.",
     "Identificadores de las entregas que reintentar, o el canal que probar."},
    {Message::kFlagAlertState,
     "Only this state: firing, cleared, withdrawn or told; of deliveries pending, delivered or "
     "dead.",
     "Solo este estado: firing, cleared, withdrawn o told; de entregas pending, delivered o "
     "dead."},
    {Message::kFlagChannel, "Only what goes through this channel.",
     "Solo lo que va por este canal."},
    {Message::kFlagAllDead, "Retry everything that was given up.",
     "Reintentar todo lo que se dio por perdido."},
    {Message::kNoAlerts, "Nothing has fired.", "No hay alertas."},
    {Message::kNoDeliveries, "There are no such deliveries.", "No hay entregas así."},
    {Message::kNoChannels, "There are no channels. See docs/ALERTS.md.",
     "No hay canales. Vea docs/ALERTS.md."},
    {Message::kRetryWhat, "State which: ids of deliveries, or --all.",
     "Indique cuáles: identificadores de entregas, o --all."},
    {Message::kTestOne, "State one channel.", "Indique un canal."},
    {Message::kNoNamesHere, "'alerts {action}' takes no names.",
     "'alerts {action}' no lleva nombres."},
    {Message::kRetried, "Taken up again: {count}.", "Reintentadas: {count}."},
    {Message::kTestArrived, "Channel {channel} took the test.",
     "El canal {channel} aceptó la prueba."},
    {Message::kTestFailed, "Channel {channel} did not take the test: {error}",
     "El canal {channel} no aceptó la prueba: {error}"},
    {Message::kTestSlow, "Nothing has come of the test yet; 'sillar alerts deliveries' shows it.",
     "La prueba sigue sin respuesta; 'sillar alerts deliveries' la muestra."},
    {Message::kTitleSeverity, "Severity", "Gravedad"},
    {Message::kTitleAlert, "Alert", "Alerta"},
    {Message::kTitleFired, "Fired", "Desde"},
    {Message::kTitleOver, "Over", "Hasta"},
    {Message::kTitleOfRule, "Rule", "Regla"},
    {Message::kTitleChannel, "Channel", "Canal"},
    {Message::kTitleAttempts, "Attempts", "Intentos"},
    {Message::kTitleNextTry, "Next", "Próximo"},
    {Message::kTitleError, "Error", "Error"},
    {Message::kTitleArrived, "Last arrived", "Última entrega"},
    {Message::kTitleDead, "Dead", "Perdidas"},
    {Message::kTitleId, "Id", "Id"},
});
static_assert(is_complete(kAlerts, Message::kFirstAlert, Message::kFirstConfig));

}  // namespace

std::span<const Entry> alert_entries() {
  return kAlerts;
}

}  // namespace sillar::cli
