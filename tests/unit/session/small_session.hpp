#pragma once
#include <fluoro/session/session.hpp>
#include <map>
#include <phantoms.hpp>

// Sessions so small that a frame takes a few milliseconds: 64^3 voxels of 4 mm, 128 x 128 pixels.
namespace fluoro::test {

/// A trunk of water, 200 mm wide and 140 mm deep, without ends.
inline double trunk_hu(Vec3 const& p)
{
    return glm::length(Vec3{p.x / 100, p.y / 70, 0}) < 1 ? 0 : -1000;
}

inline std::shared_ptr<Patient const> trunk(std::function<double(Vec3 const&)> const& hu_at = trunk_hu)
{
    return make_patient(centred_grid({64, 64, 64}, Vec3{4}), hu_at);
}

inline SessionSettings small_settings()
{
    static auto const patient = trunk();
    SessionSettings settings;
    settings.patient = patient;
    settings.room = find_room_kind("c-arm-suite");
    settings.pixels = 128;
    return settings;
}

/// Everything that a session gave, in order.
struct Course {
    std::vector<Pulse> pulses;
    std::vector<std::pair<Tick, Picture>> pictures;
    std::vector<std::string> messages;
    Status last;
};

/// Runs `session` for `ticks`; commands by tick, counted from its next one.
inline Course play(Session& session, Tick ticks, std::map<Tick, std::vector<Command>> const& commands = {})
{
    Course course;
    for (Tick tick = 0; tick < ticks; ++tick) {
        auto const now = commands.find(tick);
        auto step = session.step(now == commands.end() ? std::vector<Command>{} : now->second);
        if (step.pulse) course.pulses.push_back(std::move(*step.pulse));
        if (step.picture) course.pictures.emplace_back(session.status().tick, std::move(*step.picture));
        for (auto const& message : session.status().messages) course.messages.push_back(message);
    }
    course.last = session.status();
    return course;
}

inline Command const press{PressPedal{Pedal::fluoroscopy}};
inline Command const release{PressPedal{Pedal::released}};

/// By hand: 80 kV without copper. 30 mA leave 30 nGy behind the trunk, a tenth of what saturates the detector.
inline Command by_hand(double current_ma, double pulse_ms = 1)
{
    return SelectTechnique{false, 80, current_ma, pulse_ms, 0};
}

/// Mean of the middle half of the exposed rectangle, where exposure control measures.
template <class Value> double mean_of_middle(Image<Value> const& image, PixelRect const& exposed)
{
    double sum = 0;
    int const columns = exposed.columns / 2, rows = exposed.rows / 2;
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x)
            sum += double(image.at(exposed.column + exposed.columns / 4 + x, exposed.row + exposed.rows / 4 + y));
    return sum / (double(columns) * rows);
}

} // namespace fluoro::test
