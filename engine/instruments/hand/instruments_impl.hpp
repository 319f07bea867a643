#pragma once
// Inside the instruments module: the parts that a hand works with.
#include "bone/vertebra.hpp"
#include "hand/tight_wall.hpp"

#include <fluoro/instruments/instruments.hpp>
#include <fluoro/instruments/vessel_wall.hpp>
#include <map>

namespace fluoro {

/// A hand that turns a tip toward a place, as seen along the vessel which that opens from. All at rest.
struct TipAim {
    Vec3 axis_mm{0}, along{0, 0, 1}, toward{1, 0, 0}; ///< of that vessel, into the body; from it to the place
    bool has_come = false;                            ///< the tip looks there, or has done so
};

/// A hand that holds a balloon's markers about a tight stretch.
struct MarkerWatch {
    Vec3 middle_mm{0}, along{0, 0, 1}; ///< of that stretch, at rest, into the body
    std::optional<double> mean_mm;     ///< too deep by so much, over a heartbeat; empty: not seen yet
    bool moves = false;
};

/// A hand that watches where a tip goes.
struct TipWatch {
    std::string to;
    LumenGraph way;            ///< the edges from the access to there
    std::optional<Vec3> place; ///< a landmark, at rest; empty: the way's last edge
    double within_mm = 3;
    bool is_there = false;
    double came_at_mm = 0; ///< inserted, when the tip came there last
    bool goes_on = false;  ///< beyond there, by the order's `beyond_mm`
    enum class Doing { going, drawing_back, turning } doing = Doing::going;
    double back_to_mm = 0; ///< inserted, that it is drawn back to
    double turned_to = 0;  ///< hub [rad]
    double rests_s = 0;    ///< while the turn goes down the tool
};

/// A tool in a vessel, beside its mechanics.
struct VesselTool {
    std::shared_ptr<Tool const> tool;
    std::string access;
    MoveTool motion;
    std::optional<TipWatch> watch;
    std::optional<TipAim> aim;
    std::optional<MarkerWatch> markers;
    LumenPlace tip; ///< for people to read: looked up ten times a second, as is what follows
    double wall_stands_n = 0;
    std::optional<Balloon> balloon;
    double wanted_atm = 0;
    bool has_stent = false;
    bool is_stent_placed = false;               ///< it is in the vessel now, and stays there
    std::optional<double> inserted_before_mm{}; ///< of the last tick; empty = it was not there
    double medium_ml = 0, air_ml = 0;           ///< in its lumen: medium from the hub on, air somewhere
    Mixture medium;
    bool closes_vessel = false;    ///< its balloon fills the vessel at this moment
    std::vector<SetLumen> closing; ///< what the body was told of that
    std::vector<BalloonBed> beds;
    LumenGraph bed_vessels;       ///< that they lie in
    std::vector<Vec3> bed_points; ///< of the balloon's stations, at rest
};

/// A stent that has left its balloon.
struct PlacedStent {
    StentForm form;
    std::vector<Vec3> points; ///< of its axis, at rest
    std::vector<double> diameters_mm;
    StentStatus status;
};

/// Contrast medium on its way through a catheter.
struct PushThrough {
    std::string tool;
    double before_ml = 0; ///< that the catheter held when it began
};

struct HeldNeedle {
    Needle needle;
    MoveTool motion;
    double cement_ml_s = 0;
    std::size_t told_breaches = 0;
    bool has_blood = false; ///< that the hand was told of
    bool has_stylet = true;
    std::optional<Vec3> tip_was_mm{}; ///< of the moved body, a tick ago
};

/// A balloon in the cannula of a bone needle.
struct HeldBoneBalloon {
    std::shared_ptr<Tool const> tool;
    std::string needle;
    MoveTool motion;
    double inserted_mm = 0; ///< from the needle's hub
    double wanted_atm = 0;
    BoneBalloon balloon;
    std::string level; ///< of the vertebra where it has opened; empty: not yet
    int change = 0;    ///< its number there
    bool told_burst = false;
};

/// Presses the belly together.
struct HeldPaddle {
    std::shared_ptr<Tool const> tool;
    Vec3 skin_mm{0}, direction{0};
    double pressed_mm = 0;
    MoveTool motion;
};

/// Vessels: tools at their accesses, balloons and stents.
class VesselWork {
public:
    VesselWork(std::shared_ptr<Patient const> patient, std::uint64_t seed);

    std::string take(std::shared_ptr<Tool const> tool, TakeTool const& order);
    std::string aspirate(std::string const& name);
    std::string begin(ToolInPlace const& wish, std::shared_ptr<Tool const> tool, Body const* body);
    std::string put_away(std::string const& name);
    std::string move(MoveTool const& order);
    std::string inflate(InflateBalloon const& order);
    void advance(Body const* body, std::vector<BodyOrder>& effects, StageClock* clock);
    int segments() const;
    std::string aim_injection(std::string const& name, Inject& injection);
    void tell(InstrumentStatus& status) const;
    void draw(Body const* body, std::vector<ToolStretch>& stretches) const;
    std::uint64_t state_hash() const;

    /// A way in by a needle whose tip is here: along the vessel as the needle looks. Why not; empty = open.
    std::string open_way(std::string const& name, Vec3 const& tip_mm, Vec3 const& direction);
    /// Tools in such a way; none where there is no way of that name.
    std::optional<std::size_t> tools_in(std::string const& way) const;
    void close_way(std::string const& name) { ways_.erase(name); }

private:
    struct Way {
        Way(Access const& at, LumenGraph const& vessels, std::shared_ptr<VesselWall> walls)
            : tools{at}, access{at}, access_mm{at.at_mm}, wall{walls}, tight{vessels, std::move(walls)}
        {
        }
        CoaxialTools tools;
        Access access;
        Vec3 access_mm;
        std::shared_ptr<VesselWall> wall;  ///< of arteries or of veins
        TightWall tight;                   ///< the same, as the tools feel it
        std::vector<VesselTool> held;      ///< in the order of tools.tools()
        std::vector<RodFrame> line_before; ///< of the last tick, for what moves during a pulse
        std::vector<double> along_before;
        std::size_t breaches = 0; ///< that the body knows of
    };
    std::shared_ptr<Patient const> patient_;
    std::uint64_t seed_;
    std::shared_ptr<VesselWall> arteries_, veins_; ///< made when the first tool goes into one
    std::map<std::string, Way> ways_;              ///< by access
    std::vector<PlacedStent> stents_;
    std::optional<PushThrough> push_;
    std::vector<BodyOrder> next_effects_; ///< of orders, told with the next tick
    std::vector<SetLumen> opened_;        ///< what balloons have left
    std::vector<BreachStatus> breaches_;
    int last_cause_ = 0; ///< of the changes of lumens made so far
    int next_hole_ = 0;
    int ticks_ = 0;                       ///< with tools
    std::optional<BodyPose> pose_before_; ///< of the last tick; empty: a still patient
    double since_touch_s_ = 1e9, since_pressure_s_ = 1e9;

    LumenGraph side_of(Vec3 const& access_mm) const;
    std::shared_ptr<VesselWall> wall_of(Vec3 const& access_mm, LumenGraph const& side);
    std::pair<Way const*, int> find(std::string const& name) const;
    std::pair<Way*, int> find(std::string const& name);
    std::vector<Vec3> stations_of(Way const& way, int tool) const;
    LumenGraph vessels_of(Way const& way, int tool) const;
    std::vector<Vec3> moved_stations(Way const& way, int tool, std::vector<Vec3> const& now) const;
    static std::optional<LineBefore> before(Way const& way, VesselTool const& held);
    Vec3 tip_of(Way const& way, int tool) const;
    std::string watch(Way const& way, VesselTool& held, MoveTool const& order) const;
    std::optional<MoveTool> watched(Way& way, int tool) const;
    std::string aim(Way const& way, VesselTool& held, MoveTool const& order) const;
    std::optional<double> aimed_rad_s(Way& way, int tool) const;
    std::string follow_markers(Way const& way, VesselTool& held, MoveTool const& order) const;
    std::optional<MoveTool> held_by_markers(Way& way, int tool) const;
    void work_balloon(Way& way, int tool, std::vector<BodyOrder>& effects);
    std::vector<SetLumen> change(LumenGraph const& graph, std::vector<Vec3> const& points,
                                 std::vector<double> const& diameters, bool is_most);
    void leave_stent(Way& way, int tool, std::vector<Vec3> points, std::vector<double> diameters, bool is_lost);
    void drag_stent(Way& way, int tool);
    void fill_lumen(Body const* body);
    void draw_lumen(Way const& way, int tool, std::vector<ToolStretch>& stretches) const;
    void touch(Body const* body, std::vector<BodyOrder>& effects);
};

/// Needles and what goes through them into bone.
class NeedleWork {
public:
    NeedleWork(std::shared_ptr<Patient const> patient, std::uint64_t seed);

    std::string aim(std::shared_ptr<Tool const> tool, AimNeedle const& order);
    std::string take(std::shared_ptr<Tool const> tool, TakeTool const& order);
    std::string put_away(std::string const& name);
    std::string move(MoveTool const& order);
    std::string hammer(HammerNeedle const& order);
    std::string inflate(InflateBalloon const& order);
    std::string mix(MixCement const& order);
    std::string push(PushCement const& order);
    bool holds(std::string const& name) const
    {
        return needles_.contains(name) || balloons_.contains(name) || paddles_.contains(name);
    }
    /// A needle that is held; null where there is none of that name.
    Needle const* needle(std::string const& name) const;
    void advance(Body const* body, std::vector<std::string>& notes);
    void tell(Body const* body, InstrumentStatus& status) const;
    void draw(Body const* body, InstrumentPicture& picture) const;
    std::uint64_t state_hash() const;

private:
    std::shared_ptr<Patient const> patient_;
    std::uint64_t seed_;
    PatientTissues tissues_;
    std::map<std::string, HeldNeedle> needles_;
    std::map<std::string, HeldBoneBalloon> balloons_;
    std::map<std::string, HeldPaddle> paddles_;
    std::map<std::string, Vertebra> vertebrae_; ///< by level
    std::optional<CementMix> mix_;
    int mixes_ = 0;
    double age_s_ = 0, pressure_mpa_ = 0;
    std::string level_; ///< of the vertebra that was last worked on
    std::map<std::string, std::size_t> told_leaks_;
    int ticks_ = 0;

    std::optional<Vec3> skin_on(Vec3 const& through, Vec3 const& to) const;
    Vertebra& vertebra(std::string const& level);
    bool has_balloon(std::string const& needle) const;
    double depth_of_tip(HeldBoneBalloon const& held) const;
    void move_needle(HeldNeedle& held, Body const* body);
    void push_cement(HeldNeedle& held);
    void work_balloon(HeldBoneBalloon& held, std::vector<std::string>& notes);
    void note(std::vector<std::string>& notes);
    void draw_needle(Body const* body, HeldNeedle const& held, InstrumentPicture& picture) const;
    void draw_balloon(HeldBoneBalloon const& held, InstrumentPicture& picture) const;
    void draw_paddle(HeldPaddle const& held, InstrumentPicture& picture) const;
};

/// The vertebra whose body or arch is nearest to a point; empty far from all.
std::string level_at(Patient const& patient, Vec3 const& p_mm);
/// How far the hand goes in this tick: toward where it shall stop [mm/s]; what is reached ends the motion.
double wanted_speed(MoveTool& motion, double now_mm);
/// Of a hollow tool's inside.
double lumen_ml(Tool const& tool);

/// The hash of what was hashed and this number's bits.
std::uint64_t mixed(std::uint64_t hash, double number);

} // namespace fluoro
