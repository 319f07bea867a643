#pragma once
#include "sacrum_form.hpp"

namespace fluoro {

/// The discs from C2/C3 to L5/S1, annulus and nucleus. Drawn before the vertebrae, which cover what reaches into them.
void add_discs(Anatomy& anatomy);
/// Epidural fat, thecal sac and cord in the canal; fat and nerve roots in the neural foramina.
void add_canal_content(Anatomy& anatomy, SacrumForm const& sacrum);

} // namespace fluoro
