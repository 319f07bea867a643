#pragma once
#include "find/findings.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/fitting/fit.hpp>

namespace fluoro {

/// Where the completed picture reaches: the CT, the trunk of the fitted model, at least 200 mm beyond the CT's faces
/// toward head and feet.
Box completed_box(Findings const& found, Anatomy const& anatomy, Warp const& warp, Grid const& ct);

/// The patient on a larger grid (the CT's, continued): inside, the CT; beyond the faces that cut the body, the model,
/// blended over about 12 mm and with its tissues at the CT's HU. Labels: the patient's where there are, else the
/// model's where they agree with the CT's tissue; `chambers`: labels of the work lattice that go before the model's.
void complete(Patient& patient, Findings const& found, Anatomy const& anatomy, Warp const& warp,
              std::vector<std::uint16_t> const& chambers, FitOptions const& options, FitReport& report);

} // namespace fluoro
