#pragma once
#include <vector>

namespace fluoro {

/// A share of every frame's charge that is held back and comes out exponentially.
struct LagComponent {
    double share = 0;   ///< of the charge, [0, 1)
    double seconds = 0; ///< time constant, above 0
};

/// Sensitivity gained by much light (filled traps of the scintillator, "bright burn"), as far as it matters in a case.
struct GhostModel {
    double gain = 0;             ///< when all traps are filled; 0 = none
    double energy_kev_mm2 = 1e9; ///< that fills 1 - 1/e of them
    double seconds = 200;        ///< in which they empty
};

/// What a panel remembers from frame to frame, pixel by pixel. docs/theory/detector.md, eq. 10 to 14
class PanelMemory {
public:
    /// `longest_integration_s`: what comes out earlier than this before a frame is cleared by the idle panel.
    PanelMemory(std::vector<LagComponent> lag, GhostModel const& ghost, double longest_integration_s);

    /// Before the rows of a frame at `time_s` (never before the last frame's). Another format forgets everything.
    void begin_frame(int columns, int rows, double pitch_mm, double time_s);
    /// One row: what the light leaves in each pixel [keV] becomes what is read. A pixel holds at most `full_well_kev`.
    /// Rows may be taken by several threads, each row once.
    void take_row(int row, float full_well_kev, float* energy);

private:
    std::vector<LagComponent> lag_;
    GhostModel ghost_;
    double longest_integration_s_;
    int columns_ = 0, rows_ = 0;
    double pitch_mm_ = 0, time_s_ = 0;
    bool is_empty_ = true;
    std::vector<float> kept_, released_; ///< per component, for this frame: share of the held charge
    float ghost_kept_ = 1;
    std::vector<std::vector<float>> held_kev_; ///< per component
    std::vector<float> filled_;                ///< share of the ghost's traps
};

} // namespace fluoro
