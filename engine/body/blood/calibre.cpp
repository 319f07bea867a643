#include "blood/calibre.hpp"
#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double pa_per_mmhg = 133.322;
constexpr double density_g_ml = 1.06;
constexpr double turbulence = 1.52; // K_t of Young & Tsai 1973
constexpr double closed_mm = 0.02;  // nothing gets through, though two red cells would
constexpr double notable = 1.2;     // radius beside a narrow place over that in it: less is a drawn vessel's waviness
constexpr double longest_piece_mm = 0.5, least_piece_mm = 1e-6;

} // namespace

double flow_inertia(double radius_mm, double viscosity_mpa_s)
{
    constexpr double rate_per_s = 2 * pi * 70 / 60;
    double const womersley = radius_mm * std::sqrt(rate_per_s * density_g_ml / viscosity_mpa_s);
    return std::min(4.0 / 3, 1 + std::numbers::sqrt2 / womersley);
}

Calibre::Calibre(LumenEdge const& edge) : radius_mm_{edge.radii_mm}
{
    along_mm_.push_back(0);
    for (std::size_t i = 1; i < edge.points_mm.size(); ++i)
        along_mm_.push_back(along_mm_.back() + std::max(glm::length(edge.points_mm[i] - edge.points_mm[i - 1]), 1e-6));
    cut();
}

double Calibre::volume_ml() const
{
    double sum = 0;
    for (std::size_t i = 1; i < along_mm_.size(); ++i) {
        double const a = radius_mm_[i - 1], b = radius_mm_[i];
        sum += pi / 3 * (a * a + a * b + b * b) * (along_mm_[i] - along_mm_[i - 1]);
    }
    return sum / 1000;
}

bool Calibre::change(int cause, bool narrow, double from_mm, double to_mm, double radius_mm)
{
    if (from_mm > to_mm) std::swap(from_mm, to_mm);
    auto const old = std::find_if(changes_.begin(), changes_.end(),
                                  [&](Change const& c) { return c.cause == cause && c.narrow == narrow; });
    if (radius_mm < 0) {
        if (old == changes_.end()) return false;
        changes_.erase(old);
        cut();
        return true;
    }
    Change const wanted{cause, narrow, from_mm, to_mm, radius_mm};
    if (old == changes_.end()) {
        changes_.push_back(wanted);
        cut();
        return true;
    }
    if (old->from_mm == from_mm && old->to_mm == to_mm && old->radius_mm == radius_mm) return false;
    *old = wanted;
    cut();
    return true;
}

void Calibre::cut()
{
    pieces_.clear();
    for (std::size_t i = 1; i < along_mm_.size(); ++i) {
        double const start = along_mm_[i - 1], length = along_mm_[i] - start, a = radius_mm_[i - 1], b = radius_mm_[i];
        if (changes_.empty()) { // the cone between two points is exact
            pieces_.push_back({start, along_mm_[i], a, b, (a + b) / 2, 0});
            continue;
        }
        // The same radius over a whole short piece; a change begins and ends at a piece's border.
        borders_.clear();
        int const count = std::max(1, int(std::ceil(length / longest_piece_mm)));
        for (int n = 0; n <= count; ++n) borders_.push_back(start + length * n / count);
        for (Change const& c : changes_)
            for (double const at : {c.from_mm, c.to_mm})
                if (at > start && at < along_mm_[i]) borders_.push_back(at);
        std::sort(borders_.begin(), borders_.end());
        for (std::size_t n = 1; n < borders_.size(); ++n) {
            if (borders_[n] - borders_[n - 1] < least_piece_mm) continue;
            double const at = (borders_[n - 1] + borders_[n]) / 2, drawn = a + (at - start) / length * (b - a);
            double radius = drawn;
            for (Change const& c : changes_) {
                if (at < c.from_mm || at > c.to_mm) continue;
                radius = c.narrow ? std::min(radius, c.radius_mm) : std::max(radius, c.radius_mm);
            }
            pieces_.push_back({borders_[n - 1], borders_[n], radius, radius, drawn, 0});
        }
    }
    double widest = 0;
    for (Piece& piece : pieces_) piece.widest_before = widest = std::max(widest, piece.a);
}

double Calibre::room(double from_mm, double to_mm) const
{
    double now = 0, drawn = 0;
    for (Piece const& piece : pieces_) {
        double const part = std::min(piece.end_mm, to_mm) - std::max(piece.begin_mm, from_mm);
        if (part <= 0) continue;
        now += part * (changes_.empty() ? piece.drawn_mm * piece.drawn_mm : piece.a * piece.a);
        drawn += part * piece.drawn_mm * piece.drawn_mm;
    }
    return drawn > 0 ? now / drawn : 1;
}

Opposition Calibre::opposition(double viscosity_mpa_s) const
{
    Opposition all;
    double fourth = 0, second = 0, behind = 0, worst = 0;
    for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
        double const a = piece->a, b = piece->b, length = piece->end_mm - piece->begin_mm;
        if (std::min(a, b) < closed_mm) {
            all.is_closed = true;
            continue;
        }
        fourth += length * (a * a + a * b + b * b) / (3 * a * a * a * b * b * b);
        second += length / (a * b) * flow_inertia((a + b) / 2, viscosity_mpa_s);
        // A narrow place loses the head of its jet: wide before it and wide again behind it, in this edge or, where
        // something narrows it, as drawn.
        behind = std::max(behind, b);
        double const narrow = std::min(a, b);
        double wide = std::min(piece->widest_before, behind);
        if (narrow < piece->drawn_mm * 0.999 && !changes_.empty()) wide = std::max(wide, piece->drawn_mm);
        if (wide < notable * narrow) continue;
        double const area = pi * wide * wide, ratio = wide * wide / (narrow * narrow) - 1;
        worst = std::max(worst, ratio * ratio / (area * area));
    }
    all.resistance = 8e-3 / pi * viscosity_mpa_s * fourth * 1000 / pa_per_mmhg;
    all.inertance = density_g_ml / pi * second / pa_per_mmhg;
    all.loss = turbulence * density_g_ml / 2 * worst * 1000 / pa_per_mmhg;
    return all;
}

double Calibre::share_before(double along_mm) const
{
    double before = 0, sum = 0;
    bool closed_before = false, closed_behind = false;
    for (auto const& [begin, end, a, b, drawn, widest] : pieces_) {
        if (std::min(a, b) < closed_mm) {
            (end <= along_mm ? closed_before : closed_behind) = true;
            continue;
        }
        double const part = (end - begin) * (a * a + a * b + b * b) / (3 * a * a * a * b * b * b);
        before += part * std::clamp((along_mm - begin) / (end - begin), 0.0, 1.0);
        sum += part;
    }
    if (closed_before != closed_behind) return closed_before ? 1 : 0;
    return sum > 0 ? before / sum : 0.5;
}

} // namespace fluoro
