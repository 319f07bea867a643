#pragma once
#include <cstdint>
#include <fluoro/scene/scene.hpp>
#include <optional>
#include <vector>

namespace fluoro {

// What photons are followed through, in patient space (LPS, mm): voxels, boxes, tubes, a source, a detector and the
// places whose absorbed energy is wanted. pack() turns it into the tables that the CPU and a kernel read.

/// What a 16-bit code stands for: one or two of the problem's materials, each with its density. Densities may be
/// signed (HuCurve's are), the sum must attenuate.
struct TransportCode {
    int material_a = 0; ///< index into TransportProblem::materials
    double density_a_g_cm3 = 0;
    int material_b = -1; ///< -1: one material only
    double density_b_g_cm3 = 0;
};

/// A box of one code. It takes the place of the voxels; of two boxes the first listed.
struct TransportBox {
    Vec3 half_extent_mm{0};
    Mat4 patient_from_box{1.0}; ///< rigid: box centre at its origin
    int code = 0;
};

/// A piece of tube of one code. It takes the place of boxes and voxels.
struct TransportTube {
    FilledTube shape;
    int code = 0;
};

/// One line of a source's spectrum.
struct SourceLine {
    double energy_kev = 0; ///< 1 .. 150
    double photons = 0;    ///< relative
};

/// A square focal spot behind blades. Photons fill the opening as a point source fills it: evenly in solid angle.
struct TransportSource {
    View view;
    BladeOpening opening; ///< on the plane of the detector, as the middle of the focal spot throws it
    double source_to_blades_mm = 500;
    double focal_spot_mm = 0; ///< side
    std::vector<SourceLine> lines;
    std::vector<Wedge> wedges;     ///< two at most
    std::optional<TubeModel> heel; ///< empty: the same spectrum in every direction
    TubeVoltage voltage{80};       ///< for the heel
};

enum class PictureScoring {
    analogue, ///< photons that fly into the detector
    forced    ///< from every collision one photon is forced toward a random place of the detector
};

/// A rectangle in the plane of the view's detector, square to the central ray and centred on it.
struct TransportDetector {
    double half_width_mm = 100;  ///< along the view's column direction
    double half_height_mm = 100; ///< along its row direction
    int columns = 64;            ///< bins
    int rows = 64;
    Scintillator scintillator = Scintillator::csi_600um;
    std::optional<AntiScatterGrid> grid;
    PictureScoring scoring = PictureScoring::analogue;
};

/// A box with sides along the voxel grid's axes (patient axes where the grid is not turned), by two opposite corners.
struct TallyBox {
    Vec3 low_mm{0}, high_mm{0}; ///< patient space
};

struct TransportProblem {
    std::vector<Mixture> materials; ///< of any density: only the shares count; 64 at most
    std::vector<TransportCode> codes;
    Grid grid;                         ///< size 0: no voxels
    std::vector<std::uint16_t> voxels; ///< code of every voxel, i fastest
    std::vector<TransportBox> boxes;
    std::vector<TransportTube> tubes;
    TransportSource source;
    std::optional<TransportDetector> detector;
    std::vector<TallyBox> tally_boxes;
    std::vector<std::uint8_t> regions; ///< empty, or a region number per voxel; boxes and tubes belong to none
    double cell_mm = 0; ///< side of the cells with a majorant of their own; 0: one majorant for everything
    int batches = 32;   ///< into which histories are dealt, so that the spread between them gives the error
    /// Splitting of photons on their way through the body: wanted weight exp(-splitting x mean optical depth). 0: none;
    /// energy then balances exactly. About 0.7 serves pictures.
    double splitting = 0;
};

struct PatientMedium {
    /// Voxels of the CT are averaged along each axis to about this size. A noisy CT in fine voxels scatters less: its
    /// noise reads as bone here and fat there, and the former absorbs. docs/theory/photon-transport.md
    double voxel_mm = 3.5;
};

/// The scene's patient as his body has moved, clouds as voxels by mass, table, tubes, source and detector. `bins` per
/// side of the active field.
TransportProblem problem_of(Scene const& scene, int bins, PatientMedium const& medium = {});

} // namespace fluoro
