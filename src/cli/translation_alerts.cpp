#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // Rules.
    {"'{}' belongs to rules of kind {}, this one is of kind {}",
     "'{0}' es propio de las reglas de tipo {1}, esta es de tipo {2}"},
    {"a rule of kind queue-time says how long: 'over' is missing",
     "una regla de tipo queue-time dice cuánto: falta 'over'"},
    {"a rule of kind {} is about the fleet and has no 'project'",
     "una regla de tipo {0} trata de la flota y no tiene 'project'"},
    {"the channel '{}' is named twice", "el canal '{0}' se nombra dos veces"},
    {"a rule has at most {} channels", "una regla tiene como máximo {0} canales"},
    {"a second rule named '{}'", "una segunda regla llamada '{0}'"},
    {"there are at most {} alert rules", "hay como máximo {0} reglas de alerta"},
    // Channels.
    {"{}_file and {}_env are both set; one is enough",
     "{0}_file y {1}_env están definidos; con uno basta"},
    {"{}_file is a path from /", "{0}_file es una ruta desde /"},
    {"a channel of kind email has a 'host', not a 'url'",
     "un canal de tipo email tiene 'host', no 'url'"},
    {"'url' is set twice: by itself and from a file or the environment",
     "'url' se define dos veces: por sí misma y desde un archivo o el entorno"},
    {"a channel of kind {} needs a 'url', 'url_file' or 'url_env'",
     "un canal de tipo {0} necesita 'url', 'url_file' o 'url_env'"},
    {"'host', 'port', 'user', 'from' and 'to' belong to channels of kind email",
     "'host', 'port', 'user', 'from' y 'to' son propios de los canales de tipo email"},
    {"a channel of kind email needs 'host', 'from' and 'to'",
     "un canal de tipo email necesita 'host', 'from' y 'to'"},
    {"a channel has at most {} recipients", "un canal tiene como máximo {0} destinatarios"},
    {"'{}' is not an address as in ops@example.org",
     "'{0}' no es una dirección como ops@example.org"},
    {"who logs in has both a 'user' and a 'secret_file' or 'secret_env'",
     "quien inicia sesión tiene 'user' y además 'secret_file' o 'secret_env'"},
    {"a channel of kind {} needs a 'secret_file' or 'secret_env'",
     "un canal de tipo {0} necesita 'secret_file' o 'secret_env'"},
    {"a second channel named '{}'", "un segundo canal llamado '{0}'"},
    {"there are at most {} channels", "hay como máximo {0} canales"},
    // Deliveries.
    {"channel '{}'", "canal '{0}'"},
    {"alert rule '{}': there is no project '{}' now",
     "regla de alerta '{0}': ahora no existe el proyecto '{1}'"},
    {"the variable {} is not set", "la variable {0} no está definida"},
    {"{} holds no secret of one line", "{0} no contiene un secreto de una línea"},
    {"the channel '{}' has no valid URL", "el canal '{0}' no tiene una URL válida"},
    {"the receiver answered with status {}", "el receptor respondió con el estado {0}"},
    {"there is no channel '{}'", "no existe el canal '{0}'"},
    {"too many deliveries wait", "esperan demasiadas entregas"},
    {"an alert that no server keeps", "una alerta que ningún servidor guarda"},
    {"alerts that no server keeps", "alertas que ningún servidor guarda"},
    // Mail servers.
    {"the mail server answered {} with {}", "el servidor de correo respondió a {0} con {1}"},
    {"the connection", "la conexión"},
    {"the mail server speaks before STARTTLS has begun",
     "el servidor de correo habla antes de que empiece STARTTLS"},
    {"the mail server's answer has too long a line",
     "la respuesta del servidor de correo tiene una línea demasiado larga"},
    {"the mail server's answer has too many lines",
     "la respuesta del servidor de correo tiene demasiadas líneas"},
    {"the mail server has hung up", "el servidor de correo cortó la conexión"},
    {"the mail server does not answer as one does", "el servidor de correo no responde como tal"},
    {"the mail server offers no STARTTLS; nothing was sent",
     "el servidor de correo no ofrece STARTTLS; no se envió nada"},
    {"a password is sent to a mail server in TLS only",
     "una contraseña se envía a un servidor de correo solo por TLS"},
    {"the addresses of the mail are not \"local@domain\"",
     "las direcciones del correo no son \"local@dominio\""},
    {"its name has no address", "su nombre no tiene dirección"},
    {"the address {} is not allowed", "la dirección {0} no está permitida"},
});

}  // namespace

std::span<const Translation> alert_translations() {
  return kSentences;
}

}  // namespace sillar::cli
