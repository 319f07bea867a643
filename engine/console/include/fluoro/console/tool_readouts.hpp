#pragma once
#include <fluoro/instruments/instruments.hpp>
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// How near something is to where it breaks or gives way; shown by colour, and by words.
enum class Strain { none, near, beyond };

/// What a hand holds, as the console writes it.
struct HandReadout {
    std::string title;            ///< "J wire .035\", 150 cm"; empty = an empty hand
    std::string depth, turn;      ///< "412 mm", "-35\xc2\xb0"
    std::string force, torque;    ///< "0.31 N", "2.1 N mm"
    std::string place;            ///< vessel or tissue of the tip
    double force_share = 0;       ///< of the bar, signed: + = pushes against the hand [-1, 1]
    Strain strain = Strain::none; ///< of the tip on the wall
    std::string remark;           ///< what strain it is in, blood return, a burst balloon; empty = nothing to say
    bool is_warning = false;
    friend bool operator==(HandReadout const&, HandReadout const&) = default;
};

/// Whether a tool's tip follows its hub, from what it did over the last second and a half.
class TipWatch {
public:
    /// Once per new status; `now_s`: the session's time.
    void follow(InstrumentStatus const& status, double now_s);
    /// The hub went in but the tip did not follow: the tool buckles, loops or prolapses. Not while it only turns.
    bool is_buckling(std::string const& tool) const;

private:
    struct Sample {
        double at_s = 0, inserted_mm = 0;
        Vec3 tip_mm{0};
    };
    std::map<std::string, std::vector<Sample>> samples_;
};

/// The bar's full length [N]: what fingers push a wire or a catheter with, and a hand a needle.
inline constexpr double full_bar_n = 2, full_needle_bar_n = 60;

HandReadout hand_readout(InstrumentStatus const& status, std::string const& tool, TipWatch const& watch);

/// "8.0 atm of 8.0, 2.4-2.5 mm, 0.12 mL": one line of a balloon; empty where the tool has none.
std::string balloon_text(ToolStatus const& tool);
/// "L1, 4 min 10 s, 64 Pa s, 2.1 mL" of cement.
std::string cement_text(CementStatus const& cement);
/// Where cement is that it should not be: "disc 0.2 mL, veins 0.1 mL"; empty = nowhere.
std::string leak_text(CementStatus const& cement);
/// "PERFORATION of lad-mid (workhorse-0.014)": newest last.
std::vector<std::string> breach_texts(InstrumentStatus const& status);

} // namespace fluoro
