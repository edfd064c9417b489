#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // Secrets as files.
    {"this is no file", "esto no es un archivo"},
    {"this secret belongs to another user; start as that one, or make the file yours",
     "este secreto pertenece a otro usuario; arranque como él o haga suyo el archivo"},
    {"others may read this secret; take that from them (chmod 600) and replace it",
     "otros pueden leer este secreto; quíteles ese permiso (chmod 600) y sustitúyalo"},
    {"a secret is no link; put the file itself there",
     "un secreto no es un enlace; ponga ahí el propio archivo"},
    {"this is no secret of ours", "este no es un secreto nuestro"},
    // What `auth login` keeps.
    {"neither XDG_CONFIG_HOME nor HOME is set", "no están definidas ni XDG_CONFIG_HOME ni HOME"},
    {"it does not say a server and a token; sillar auth login writes it anew",
     "no indica un servidor y un token; sillar auth login lo escribe de nuevo"},
    // Keys that sign, checkpoints, proofs.
    {"this is no Ed25519 verifier key, \"name+id+key\"",
     "esto no es una clave de verificación Ed25519, \"name+id+key\""},
    {"this is no Ed25519 secret: 64 hex digits",
     "esto no es un secreto Ed25519: 64 cifras hexadecimales"},
    {"this is no checkpoint, as {}", "esto no es un punto de comprobación, pues {0!}"},
    {"the checkpoint's signature is wrong: it was changed, or never given",
     "la firma del punto de comprobación no es correcta: se cambió o nunca se dio"},
    {"the checkpoint is not signed by the key {}",
     "el punto de comprobación no está firmado con la clave {0}"},
    {"there is no leaf {} in a tree of {}", "no hay hoja {0} en un árbol de {1}"},
    {"there is no proof from a tree of {} leaves to one of {}",
     "no hay prueba de un árbol de {0} hojas a uno de {1}"},
    // The audit log.
    {"this is no leaf of an audit log", "esto no es una hoja de un registro de auditoría"},
    {"this is not leaf {} of the audit log", "esta no es la hoja {0} del registro de auditoría"},
    {"this is no edge of an audit log", "esto no es el borde de un registro de auditoría"},
    {"this is no row of an audit log", "esto no es una fila de un registro de auditoría"},
    {"the audit log has no checkpoint yet",
     "el registro de auditoría aún no tiene ningún punto de comprobación"},
    {"leaf {} is missing: it was taken away, or the log was cut off before it",
     "falta la hoja {0}: se quitó, o el registro se cortó antes de ella"},
    {"leaf {} is missing: {} covers {} leaves", "falta la hoja {0}: {1!} abarca {2} hojas"},
    {"leaf {} was never written: the journal ends before it",
     "la hoja {0} nunca se escribió: el diario termina antes de ella"},
    {"the log is not the journal's: a leaf from {} to {} was changed, put in or taken away",
     "el registro no es el del diario: se cambió, se añadió o se quitó una hoja de la {0} a la "
     "{1}"},
    {"leaf {} is damaged", "la hoja {0} está dañada"},
    {"leaf {} is not what was written: its hash differs",
     "la hoja {0} no es la que se escribió: su resumen es otro"},
    {"leaf {} is another one, put in its place", "la hoja {0} es otra, puesta en su lugar"},
    {"two checkpoints of {} leaves contradict each other: the log's key has signed two pasts",
     "dos puntos de comprobación de {0} hojas se contradicen: la clave del registro ha firmado dos "
     "pasados"},
    {"the log is not the one that was signed ({}): a leaf from {} to {} was changed, put in or "
     "taken away",
     "el registro no es el que se firmó ({0!}): se cambió, se añadió o se quitó una hoja de la {1} "
     "a la {2}"},
    {"{} is missing, and the log has checkpoints that it verifies",
     "falta {0}, y el registro tiene puntos de comprobación que se verifican con él"},
    // Who may do what.
    {"this is no pepper: it has another length. Restore it from a backup; without it no API key is "
     "known",
     "esto no es una pimienta: tiene otra longitud. Restáurela de una copia; sin ella no se conoce "
     "ninguna clave de API"},
    {"a change of identity that does not fit what there is",
     "un cambio de identidad que no encaja con lo que hay"},
    {"a change of identity that no server keeps",
     "un cambio de identidad que ningún servidor guarda"},
    {"an identity that no server keeps", "una identidad que ningún servidor guarda"},
    {"There is no such thing.", "No hay tal cosa."},
    {"This needs the right {}.", "Esto requiere el derecho {0}."},
    {"This does not fit what there is, or passes a limit.",
     "Esto no encaja con lo que hay, o supera un límite."},
    {"Nobody could administer the whole afterwards. Make another administrator first.",
     "Después nadie podría administrar el conjunto. Nombre antes a otro administrador."},
    {"A key can do no more and reach no further than the one that it is made with.",
     "Una clave no puede hacer más ni llegar más lejos que aquella con la que se crea."},
    {"A key can live no longer than the one that it is made with.",
     "Una clave no puede durar más que aquella con la que se crea."},
    {"A name has no blanks and is not empty.", "Un nombre no tiene espacios ni está vacío."},
    {"An issuer and its subject go together.", "Un emisor y su sujeto van juntos."},
    {"Another has this name.", "Otro tiene este nombre."},
    {"Another has this subject.", "Otro tiene este sujeto."},
    {"Commands do not run as root.", "Los comandos no se ejecutan como root."},
    {"A grant has a role and a project.", "Una concesión tiene un rol y un proyecto."},
    {"Nobody grants himself a role.", "Nadie se concede un rol a sí mismo."},
    {"A service account has roles within its own project alone.",
     "Una cuenta de servicio solo tiene roles dentro de su propio proyecto."},
    {"Nobody grants more than he may do himself.", "Nadie concede más de lo que puede hacer."},
    {"The role that is held there is above yours.",
     "El rol que allí se tiene está por encima del suyo."},
    {"The roles that are held there are above yours.",
     "Los roles que allí se tienen están por encima de los suyos."},
    {"A key has a role, a project and a time to live.",
     "Una clave tiene un rol, un proyecto y un tiempo de vida."},
    {"That key has ended.", "Esa clave ha terminado."},
    {"A replaced key goes on for seven days at most.",
     "Una clave sustituida sigue siete días como máximo."},
    // Tokens.
    {"an issuer has either 'jwks_file' or 'jwks_url'",
     "un emisor tiene 'jwks_file' o 'jwks_url', uno de los dos"},
    {"keys are fetched by https alone", "las claves solo se obtienen por https"},
    {"a skew is a minute at most", "un desfase es de un minuto como máximo"},
    {"a second issuer '{}'", "un segundo emisor '{0}'"},
    {"there are at most {} issuers", "hay {0} emisores como máximo"},
    {"it answered {}", "respondió {0}"},
    {"this is no JSON Web Key Set", "esto no es un JSON Web Key Set"},
    {"it has {} keys, and {} are taken at most", "tiene {0} claves, y se admiten {1} como máximo"},
    {"the key '{}' is malformed, or weaker than {} bits",
     "la clave '{0}' está mal formada, o es de menos de {1} bits"},
    {"the key '{}' is there twice", "la clave '{0}' aparece dos veces"},
    {"it has no key for RS256 or ES256 with an id",
     "no tiene ninguna clave con identificador para RS256 o ES256"},
    {"This needs a valid token: Authorization: Bearer TOKEN.",
     "Esto requiere un token válido: Authorization: Bearer TOKEN."},
    {"The token has expired.", "El token ha caducado."},
});

}  // namespace

std::span<const Translation> access_translations() {
  return kSentences;
}

}  // namespace sillar::cli
