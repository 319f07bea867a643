#pragma once
#include <cstdint>

namespace fluoro {

/// What the patient is told to do, or does.
enum class BreathCommand { quiet, breathe_in_and_hold, breathe_out_and_hold, deep, cough, stop };

struct BreathingSettings {
    double rate_per_min = 14;
    double quiet_dome_mm = 15; ///< way of the right dome in a quiet breath
    double deep_dome_mm = 45;  ///< at the end of a deep one
    double delay_s = 1.2;      ///< from a command to its beginning
    double endurance_s = 18;   ///< that a hold lasts; less with sedation or age
    double variability = 0.08; ///< of length and depth, breath by breath
    std::uint64_t seed = 1;
};

struct BreathMoment {
    double dome_mm = 0, dome_mm_s = 0; ///< as BodyPose has them
    double lung_pressure_mmhg = 0;     ///< in the chest, against its mean: negative while breathing in
    bool is_held = false;              ///< on command
    bool is_apnoea = false;            ///< nobody asked for it
    bool is_even = true;               ///< dome_mm alone says where the lungs stand (quiet breath or hold)
};

/// The breath: quiet, deep, held on command with delay and limited endurance, a cough, apnoea.
class Breathing {
public:
    explicit Breathing(BreathingSettings const& settings);
    void command(BreathCommand command);
    void change(BreathingSettings const& settings);
    BreathMoment const& advance(double dt_s);
    BreathMoment const& now() const { return now_; }
    /// What is being done, or was told and is about to begin.
    BreathCommand asked() const { return wait_s_ >= 0 ? wanted_ : doing_; }

private:
    enum class State { quiet, moving, held, coughing, stopped };
    void draw_breath();
    void begin(BreathCommand command);
    void move_to(double dome_mm, double seconds);
    bool arrived() const { return state_s_ >= moving_s_; }
    void go_on();
    void find_pressure();

    BreathingSettings settings_;
    BreathMoment now_;
    State state_ = State::quiet;
    BreathCommand doing_ = BreathCommand::quiet; ///< what the state is a part of
    BreathCommand wanted_ = BreathCommand::quiet;
    double wait_s_ = -1;  ///< until `wanted_` begins; negative: nothing is wanted
    double state_s_ = 0;  ///< since this state, or this way of it, began
    double phase_ = 0;    ///< of the quiet breath [0, 1)
    double length_s_ = 4; ///< of this breath
    double depth_mm_ = 15;
    double debt_ = 0; ///< of air after a hold: the next breaths are deeper and faster
    double from_mm_ = 0, from_mm_s_ = 0, to_mm_ = 0, moving_s_ = 1;
    int stage_ = 0; ///< of a cough or a deep breath
    std::uint32_t breaths_ = 0;
};

} // namespace fluoro
