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
});

}  // namespace

std::span<const Translation> access_translations() {
  return kSentences;
}

}  // namespace sillar::cli
