#pragma once
#include "places.hpp"

#include <fluoro/fitting/fit.hpp>

namespace fluoro {

/// A pair with where it came from.
struct Correspondence {
    WarpPair pair;
    LandmarkSource source = LandmarkSource::found;
};

/// Size, sex and fat of the model that comes nearest to what was found. Says what it chose in `notes`.
PatientParameters parameters_for(Findings const& found, FitOptions const& options, std::vector<std::string>& notes);

/// Pairs of named places; what is missing is estimated from the vertebra next to it.
std::vector<Correspondence> correspondences(Anatomy const& anatomy, Findings const& found, FitOptions const& options,
                                            bool is_labelled);

/// The thoracic and abdominal aorta of the model as one line from the sinotubular junction.
std::vector<Vec3> model_aorta(Anatomy const& anatomy);

} // namespace fluoro
