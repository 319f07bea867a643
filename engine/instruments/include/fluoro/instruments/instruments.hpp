#pragma once
#include <fluoro/body/body.hpp>
#include <fluoro/instruments/access.hpp>
#include <fluoro/instruments/balloon.hpp>
#include <fluoro/instruments/cement.hpp>
#include <fluoro/instruments/needle.hpp>
#include <fluoro/instruments/orders.hpp>
#include <fluoro/instruments/stage_clock.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/instruments/tool_picture.hpp>

namespace fluoro {

/// What a hand holds and feels, for the console and the record.
struct ToolStatus {
    std::string name, title;
    ToolKind kind = ToolKind::wire;
    std::string access;
    ToolState state;
    LumenPlace tip;          ///< in the vessels, at rest
    std::string tip_vessel;  ///< name of that edge; empty outside
    double pressure_atm = 0; ///< of its balloon
    bool has_burst = false;
    bool has_stent = false;           ///< still on its balloon
    double medium_ml = 0, air_ml = 0; ///< in its lumen
    // At this tick; a tool that is not in has its tip at the access.
    Vec3 tip_mm{0};           ///< where it is
    Vec3 tip_rest_mm{0};      ///< the same place of the patient at rest, as his CT has it
    double wall_stands_n = 0; ///< force of the tip that the wall beside it stands, ten times a second; 0 = none near
    double wanted_atm = 0;    ///< that the inflator is set to
    double balloon_least_mm = 0, balloon_most_mm = 0, balloon_ml = 0; ///< diameters and medium of its balloon
};
/// What a tool has broken: told for good.
struct BreachStatus {
    std::string what; ///< "perforation", "dissection", or the tissue that a needle should not be in
    std::string tool, vessel;
    Vec3 at_mm{0}; ///< of the patient at rest
    double force_n = 0;
};
/// A stent that is in the vessels.
struct StentStatus {
    std::string name, vessel;   ///< the vessel that its near end lies in
    double along = 0;           ///< there
    Vec3 near_mm{0}, far_mm{0}; ///< its ends, at rest
    double least_mm = 0;        ///< diameter where it is narrowest
    double gap_mm = 0;          ///< widest between its struts and the vessel's wall
    bool is_lost = false;       ///< it came off its balloon
};
/// What comes back through a needle.
enum class BloodReturn { none, dark, bright }; ///< of a vein; of an artery, pulsating
struct NeedleStatus {
    std::string name, title;
    double depth_mm = 0, force_n = 0;
    TissueKind tissue = TissueKind::air;
    BloodReturn blood = BloodReturn::none;
    int breaches = 0;
    std::string_view last_breach; ///< "spinal canal", "foramen", "disc", "lung", "artery", "vein"
    Vec3 tip_mm{0};               ///< of now
};
/// Of one vertebra.
struct VertebraStatus {
    std::string level;
    double total_ml = 0; ///< of cement that went in
    std::array<double, cement_places> ml{};
    std::vector<CementPlace> leaks; ///< in the order in which they began
    double lost_height_mm = 0;      ///< that the front of the body lacks
    double lifted_mm = 0;           ///< won back by balloons
    double hollow_ml = 0;
};
struct CementStatus {
    std::string level; ///< vertebra that was last worked on; empty while it is only mixed
    double age_s = 0, viscosity_pa_s = 0;
    double total_ml = 0; ///< that went in, in all vertebrae
    std::array<double, cement_places> ml{};
    double pressure_mpa = 0; ///< at the cannula's hub
};
/// A balloon in bone.
struct BoneBalloonStatus {
    std::string name, title, needle;
    double inserted_mm = 0; ///< from the cannula's hub
    double pressure_atm = 0, volume_ml = 0;
    bool has_burst = false;
};
struct PaddleStatus {
    std::string name;
    double pressed_mm = 0, force_n = 0;
};
struct InstrumentStatus {
    std::vector<ToolStatus> tools;
    std::vector<StentStatus> stents;
    std::vector<NeedleStatus> needles;
    std::vector<BoneBalloonStatus> bone_balloons;
    std::vector<PaddleStatus> paddles;
    std::vector<VertebraStatus> vertebrae;
    std::optional<CementStatus> cement;
    std::vector<std::string> notes;     ///< what has just happened, for people
    std::vector<BreachStatus> breaches; ///< in the order they happened
};

/// What of the tools the picture sees, in the places of this moment.
struct InstrumentPicture {
    std::vector<ToolStretch> stretches;
    std::vector<ToolCloud> clouds; ///< cement, and bone that has been moved; at rest: bone does not move
};

/// All tools in one patient: the hand's orders, the mechanics, what they do to the body. Deterministic.
class Instruments {
public:
    Instruments(std::shared_ptr<Patient const> patient, std::shared_ptr<ToolLibrary const> library, std::uint64_t seed);
    ~Instruments();

    /// Tools that lie in when the session begins, at rest in a patient who stands as his body does. Why one cannot;
    /// empty = done.
    std::string begin(std::vector<ToolInPlace> const& tools, Body const* body);
    /// Why it cannot be done; empty = done.
    std::string order(ToolOrder const& order);
    /// One tick. `body`: null for a patient who is still. What tools do to the body is added to `effects`.
    /// `clock`: null = untimed.
    void advance(Body const* body, std::vector<BodyOrder>& effects, StageClock* clock = nullptr);
    /// Of the lines that tools lie along in vessels: what their mechanics cost goes with them.
    int segments() const;

    InstrumentStatus const& status() const;
    InstrumentPicture picture(Body const* body) const;
    /// Where an injection through this catheter goes, through what, and what leaves it first. Why not; empty =
    /// `injection` is complete and begins now.
    std::string aim_injection(std::string const& tool, Inject& injection);
    std::uint64_t state_hash() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
