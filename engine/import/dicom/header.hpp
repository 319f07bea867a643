#pragma once
#include "ct_plane.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace fluoro {

/// What one file turned out to be.
struct FileContent {
    enum class Kind {
        not_dicom,    ///< another kind of file, or a DICOMDIR
        other_object, ///< a DICOM object that is no CT: `object` names it
        unusable_ct,  ///< a CT that cannot be used: `reason`
        left_out,     ///< a CT image that is no cross-section: `object` names it
        ct            ///< `planes`
    };
    Kind kind = Kind::not_dicom;
    std::string object; ///< key for `object_name`
    std::string reason; ///< without the file's name
    std::vector<CtPlane> planes;
    bool assumed_rescale = false; ///< no Rescale Slope and Intercept: stored values taken as HU
};

/// The header of one file; pixel data are measured, not read. Throws nothing but std::bad_alloc.
FileContent read_header(std::filesystem::path const& file, int index);

} // namespace fluoro
