#include "edge_transport.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr std::size_t n_lanes = lane_count;
constexpr double most_courant = 0.95;

/// The smaller of two slopes of one sign, else 0.
[[gnu::always_inline]] inline double minmod(double a, double b)
{
    double const up = std::min(a, b), down = std::max(a, b);
    return (up > 0 ? up : 0) + (down < 0 ? down : 0);
}

/// Sub-steps for a flow of so many cell volumes per second, of which the fastest lane carries this share.
int count_of(double volumes_per_s, double fastest, double dt_s)
{
    return std::max(1, int(std::ceil(volumes_per_s * double(n_lanes) * fastest * dt_s / most_courant)));
}

/// What a step of an edge works on: cell i of the edge is cell i + 1 in the padded values.
struct Step {
    double *padded, *slope, *flux;
    double const *share, *ml, *flows;
    std::size_t cells;
    double dt_s;
};

[[gnu::always_inline]] inline void take_step(Step const& s)
{
    std::size_t const n = s.cells, values = (n + 2) * n_lanes;
    // Plain pointers that never overlap: these loops are the cost of it all.
    double* const __restrict p = s.padded;
    double* const __restrict slope = s.slope;
    double* const __restrict flux = s.flux;
    double const* const __restrict share = s.share;
    double const* const __restrict ml = s.ml;
    for (std::size_t k = n_lanes; k < values - n_lanes; ++k)
        slope[k] = minmod(p[k] - p[k - n_lanes], p[k + n_lanes] - p[k]);
    for (std::size_t j = 0; j <= n; ++j) {
        double const passed = s.flows[j] * s.dt_s;
        std::size_t const up = (passed >= 0 ? j : j + 1) * n_lanes; // whose medium passes the face
        double const least_ml = std::min(ml[j == 0 ? 0 : j - 1], ml[j == n ? n - 1 : j]);
        double const courant = std::abs(passed) * double(n_lanes) / least_ml;
        double const half = passed >= 0 ? 0.5 : -0.5;
        for (std::size_t l = 0; l < n_lanes; ++l)
            flux[j * n_lanes + l] = passed * share[l] * (p[up + l] + half * (1 - courant * share[l]) * slope[up + l]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        double const per_ml = double(n_lanes) / ml[i];
        for (std::size_t k = i * n_lanes; k < (i + 1) * n_lanes; ++k)
            p[k + n_lanes] += (flux[k] - flux[k + n_lanes]) * per_ml;
    }
}

void step_plain(Step const& s)
{
    take_step(s);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The same operations on four lanes instead of two: the same bits on every machine.
__attribute__((target("avx2"))) void step_avx2(Step const& s)
{
    take_step(s);
}
bool has_avx2()
{
    static bool const has = __builtin_cpu_supports("avx2");
    return has;
}
#else
constexpr auto step_avx2 = step_plain;
bool has_avx2()
{
    return false;
}
#endif

} // namespace

EdgeTransport::EdgeTransport(int most_cells)
    : padded_((std::size_t(most_cells) + 2) * n_lanes), slopes_(padded_.size(), 0.0),
      fluxes_((std::size_t(most_cells) + 1) * n_lanes), flows_(std::size_t(most_cells) + 1)
{
    ml_.reserve(std::size_t(most_cells));
    to_ml_.reserve(std::size_t(most_cells));
}

/// As many as the fastest lane of the smallest volume wants that a cell has in the step.
int EdgeTransport::substeps(double fastest, double dt_s) const
{
    double most = 0;
    for (std::size_t i = 0; i < ml_.size(); ++i) {
        double const leaves = std::max(-flows_[i], 0.0) + std::max(flows_[i + 1], 0.0);
        double const enters = std::max(flows_[i], 0.0) + std::max(-flows_[i + 1], 0.0);
        most = std::max(most, std::max(leaves, enters) / std::min(ml_[i], to_ml_[i]));
    }
    return count_of(most, fastest, dt_s);
}

bool EdgeTransport::reaches(int cells, double least_cell_ml, Lanes const& flow_share, double ml_s, double dt_s)
{
    return count_of(ml_s / least_cell_ml, flow_share[0], dt_s) >= cells;
}

/// What the flows at the ends differ by is pushed in by sources and squeezed out of cells; the rest, rounding, evenly.
void EdgeTransport::find_flows(std::span<double const> cells_ml, double flow_in_ml_s, double flow_out_ml_s,
                               std::span<EdgeSource const> sources, double dt_s)
{
    std::size_t const n = cells_ml.size();
    double gained = 0;
    for (std::size_t j = 0; j <= n; ++j) {
        flows_[j] = flow_in_ml_s + gained;
        if (j == n) break;
        gained += (cells_ml[j] - to_ml_[j]) / dt_s;
        for (EdgeSource const& source : sources)
            if (std::size_t(source.cell) == j) gained += source.ml_s;
    }
    double const rest = flow_out_ml_s - flow_in_ml_s - gained;
    for (std::size_t j = 0; j <= n; ++j) flows_[j] += rest * double(j) / double(n);
}

/// Cells go this share of the rest of their way to what they will be; their medium stays.
void EdgeTransport::resize(double share)
{
    for (std::size_t i = 0; i < ml_.size(); ++i) {
        double const next = ml_[i] + share * (to_ml_[i] - ml_[i]);
        double const ratio = ml_[i] / next;
        for (std::size_t k = (i + 1) * n_lanes; k < (i + 2) * n_lanes; ++k) padded_[k] *= ratio;
        ml_[i] = next;
    }
}

void EdgeTransport::step(std::size_t n, Lanes const& flow_share, double dt_s, EdgeOutflow& out)
{
    double const* const flux = fluxes_.data();
    Step const all{
        padded_.data(), slopes_.data(), fluxes_.data(), flow_share.data(), ml_.data(), flows_.data(), n, dt_s};
    has_avx2() ? step_avx2(all) : step_plain(all);
    if (flows_[0] < 0)
        for (std::size_t l = 0; l < n_lanes; ++l) out.from[l] -= flux[l];
    if (flows_[n] > 0)
        for (std::size_t l = 0; l < n_lanes; ++l) out.to[l] += flux[n * n_lanes + l];
}

void EdgeTransport::push(EdgeSource& source, Lanes const& flow_share, double dt_s)
{
    double* const lanes = padded_.data() + (std::size_t(source.cell) + 1) * n_lanes;
    double const ml = source.ml_s * dt_s;
    double const lane_ml = ml_[std::size_t(source.cell)] / double(n_lanes);
    for (std::size_t l = 0; l < n_lanes; ++l) {
        double const lane_pushed_ml = std::abs(ml) * flow_share[l];
        if (ml > 0) {
            lanes[l] += lane_pushed_ml * source.medium / lane_ml;
            continue;
        }
        // The lane holds what is drawn already: more has come in than went on.
        double const left = lane_ml / (lane_ml + lane_pushed_ml);
        source.drawn += lanes[l] * (1 - left) * lane_ml;
        lanes[l] *= left;
    }
}

EdgeOutflow EdgeTransport::advance(std::span<double const> cells_ml, std::span<double const> cells_to_ml,
                                   std::span<double> shares, Lanes const& flow_share, double flow_in_ml_s,
                                   double flow_out_ml_s, Lanes const& enters_from, Lanes const& enters_to,
                                   std::span<EdgeSource> sources, LaneExchange const& exchange, double dt_s)
{
    std::size_t const n = cells_ml.size();
    ml_.assign(cells_ml.begin(), cells_ml.end());
    to_ml_.assign(cells_to_ml.begin(), cells_to_ml.end());
    bool const changes = cells_ml.data() != cells_to_ml.data();
    find_flows(cells_ml, flow_in_ml_s, flow_out_ml_s, sources, dt_s);
    std::copy(shares.begin(), shares.end(), padded_.begin() + n_lanes);
    // What comes in at an end has no slope.
    std::fill_n(slopes_.begin() + std::ptrdiff_t((n + 1) * n_lanes), n_lanes, 0.0);
    int const count = substeps(flow_share[0], dt_s);
    double const each_s = dt_s / count;
    EdgeOutflow out;
    for (int k = 0; k < count; ++k) {
        // Beyond an end stands what comes in there, or what is there already.
        double* const first = padded_.data();
        double* const last = padded_.data() + (n + 1) * n_lanes;
        for (std::size_t l = 0; l < n_lanes; ++l) {
            first[l] = flows_[0] > 0 ? enters_from[l] : first[n_lanes + l];
            last[l] = flows_[n] < 0 ? enters_to[l] : last[l - n_lanes];
        }
        step(n, flow_share, each_s, out);
        for (EdgeSource& source : sources) push(source, flow_share, each_s);
        if (changes) resize(1.0 / (count - k));
    }
    for (std::size_t i = 1; i <= n; ++i) exchange.apply(padded_.data() + i * n_lanes);
    std::copy(padded_.begin() + n_lanes, padded_.begin() + std::ptrdiff_t((n + 1) * n_lanes), shares.begin());
    return out;
}

} // namespace fluoro
