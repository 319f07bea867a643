#pragma once
#include <cstdint>
#include <fluoro/transport/problem.hpp>
#include <shared/transport.h>
#include <vector>

namespace fluoro {

/// A problem packed as shaders/shared/transport.h lays it out: what the kernel's buffers hold, byte for byte.
struct TransportTables {
    shared::TransportParams params{};
    std::vector<glm::vec4> energy;   ///< [material][energy node]
    std::vector<glm::vec4> angle;    ///< [material][energy node]
    std::vector<glm::vec4> momentum; ///< [material][momentum node]
    std::vector<float> majorants;    ///< [class][energy node], 1/mm
    std::vector<shared::MediumCode> codes;
    std::vector<std::uint16_t> voxels; ///< one code each, filled up to an even number
    std::vector<std::uint8_t> cells;   ///< one class each, filled up to a multiple of four
    std::vector<std::uint8_t> regions; ///< empty or one each, filled up to a multiple of four
    std::vector<shared::TransportBox> boxes;
    std::vector<shared::TransportTube> tubes;
    std::vector<shared::TallyBox> tally_boxes;
    std::vector<shared::SourceLine> lines;
    std::vector<float> heel;     ///< [heel_nodes], g/cm2
    std::vector<float> response; ///< [energy node], optical depth of the scintillator; empty without a detector
    std::vector<float> grid;     ///< share that passes; empty without an anti-scatter grid
    std::vector<float> wanted;   ///< [wanted_nodes], weights; empty without splitting
};

/// Throws Error for a problem that cannot be followed: no source lines, an energy outside 1-150 keV, a code without
/// material or whose attenuation would be negative.
TransportTables pack(TransportProblem const& problem);

} // namespace fluoro
