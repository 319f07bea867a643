#include "contrast_transport.hpp"

#include "renal.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numeric>

namespace fluoro {

namespace {

Lanes const& small_profile()
{
    static Lanes const shares = flow_shares(2);
    return shares;
}

Lanes const& large_profile()
{
    static Lanes const shares = flow_shares(9);
    return shares;
}

constexpr double unseen_mm = 0.01;      // across a vessel: 0.35 mg of iodine per cm2, far below a picture's noise
constexpr double plasma_share = 0.55;   // 1 - haematocrit: medium stays out of the cells
constexpr double filtration_ml_s = 2;   // of plasma, both kidneys: 120 mL/min
constexpr double least_bed_share = 0.2; // of its volume at rest that a bed never falls below
constexpr double least_bed_ml = 1e-3;   // a bed too small to be anything still mixes

int most_cells(LumenCells const& cells)
{
    int most = 1;
    for (std::size_t e = 0; e + 1 < cells.first.size(); ++e) most = std::max(most, cells.first[e + 1] - cells.first[e]);
    return most;
}

} // namespace

ContrastTransport::ContrastTransport(LumenGraph const& vessels, LumenCells const& cells, BloodVessels const& what)
    : node_chamber_(vessels.nodes_mm.size(), -1), shares_(std::size_t(cells.count()) * lane_count, 0.0),
      picture_(shares_.size(), 0.0f), bed_picture_(what.beds.size(), 0.0f), junctions_(int(vessels.nodes_mm.size())),
      transport_(most_cells(cells)), layering_(vessels, cells), face_flows_(std::size_t(most_cells(cells)) + 1),
      cell_shares_(face_flows_.size()), spreads_(face_flows_.size()), onward_(face_flows_.size()),
      node_in_ml_s_(vessels.nodes_mm.size()), pending_(vessels.nodes_mm.size(), 0)
{
    FLUORO_EXPECT(cells.first.size() == vessels.edges.size() + 1);
    for (double const mm3 : cells.volume_mm3) cells_ml_.push_back(mm3 / 1000);
    next_ml_ = cells_ml_;
    add_edges(vessels, cells, what);
    add_beds(what);
    add_mouths();
    wet_.reserve(node_chamber_.size());
    near_.reserve(edges_.size());
    ready_.reserve(node_chamber_.size());
    passed_ = {0, std::vector<double>(edges_.size(), 0.0), std::vector<double>(edges_.size(), 0.0),
               std::vector<double>(beds_.size(), 0.0), std::vector<double>(beds_.size(), 0.0)};
    constexpr std::size_t plenty = 64; // of catheters; more only cost an allocation
    sources_.reserve(plenty);
    pushed_.reserve(plenty);
    changing_.reserve(plenty);
    drawn_.reserve(plenty);
    constexpr std::size_t reached = 256; // cells of a source's jets, both ways
    stirred_.reserve(reached);
}

void ContrastTransport::add_edges(LumenGraph const& vessels, LumenCells const& cells, BloodVessels const& what)
{
    for (std::size_t e = 0; e < vessels.edges.size(); ++e) {
        LumenEdge const& from = vessels.edges[e];
        Edge edge{};
        edge.from = from.from;
        edge.to = from.to;
        edge.first_cell = cells.first[e];
        edge.cells = cells.first[e + 1] - cells.first[e];
        edge.chamber = -1;
        double const radius =
            std::accumulate(from.radii_mm.begin(), from.radii_mm.end(), 0.0) / double(from.radii_mm.size());
        edge.is_plug = profile_of(radius) > 2;
        edge.profile = edge.is_plug ? &large_profile() : &small_profile();
        edge.diffusion = diffusion_rate(mixing_time_s(from.wall, radius));
        edge.even_within = unseen_mm / (2 * radius);
        auto const begin = cells_ml_.begin() + edge.first_cell;
        edge.least_cell_ml = *std::min_element(begin, begin + edge.cells);
        edge.ml = std::accumulate(begin, begin + edge.cells, 0.0);
        edge.cell_mm = cells.length_mm[std::size_t(edge.first_cell)];
        edges_.push_back(edge);
    }
    enters_.resize(edges_.size());
    for (std::size_t c = 0; c < chamber_count; ++c)
        for (int const edge : what.chamber_edges[c]) {
            edges_[std::size_t(edge)].chamber = int(c);
            chamber_edges_[c].push_back(edge);
        }
    // A node lies within a chamber when no other edge ends there.
    constexpr int nobody = -2;
    std::fill(node_chamber_.begin(), node_chamber_.end(), nobody);
    for (Edge const& edge : edges_)
        for (int const node : {edge.from, edge.to}) {
            int& chamber = node_chamber_[std::size_t(node)];
            chamber = chamber == nobody || chamber == edge.chamber ? edge.chamber : -1;
        }
    for (int& chamber : node_chamber_) chamber = std::max(chamber, -1);
}

void ContrastTransport::add_beds(BloodVessels const& what)
{
    double renal_ml_s = 0;
    for (CapillaryBed const& bed : what.beds)
        if (is_renal(bed.territory)) renal_ml_s += bed.rest_flow_ml_s;
    for (CapillaryBed const& from : what.beds) {
        Bed bed{};
        bed.from = from.from_node;
        bed.to = from.to_node;
        bed.from_chamber = node_chamber_[std::size_t(bed.from)];
        // Where the graph ends before the heart, medium goes into the atrium all the same and stays there.
        Chamber const atrium =
            from.territory.find("pulmonary") == std::string::npos ? Chamber::right_atrium : Chamber::left_atrium;
        bed.to_chamber = bed.to < 0 ? int(atrium) : node_chamber_[std::size_t(bed.to)];
        double const half_ml = std::max(from.volume_ml, least_bed_ml) / 2;
        for (MixedTank& tank : bed.tanks) tank.blood_ml = half_ml;
        bed.least_ml = least_bed_share * half_ml;
        if (is_renal(from.territory) && renal_ml_s > 0)
            bed.filtered_ml_s = filtration_ml_s / plasma_share * from.rest_flow_ml_s / renal_ml_s;
        beds_.push_back(bed);
    }
}

void ContrastTransport::add_mouths()
{
    auto const each = [this](auto const& take) {
        for (std::size_t e = 0; e < edges_.size(); ++e) {
            take(edges_[e].from, Mouth{Mouth::Kind::edge_from, int(e)});
            take(edges_[e].to, Mouth{Mouth::Kind::edge_to, int(e)});
        }
        for (std::size_t b = 0; b < beds_.size(); ++b) {
            take(beds_[b].from, Mouth{Mouth::Kind::bed_from, int(b)});
            if (beds_[b].to >= 0) take(beds_[b].to, Mouth{Mouth::Kind::bed_to, int(b)});
        }
    };
    first_mouth_.assign(node_chamber_.size() + 1, 0);
    each([this](int node, Mouth) { ++first_mouth_[std::size_t(node) + 1]; });
    std::partial_sum(first_mouth_.begin(), first_mouth_.end(), first_mouth_.begin());
    mouths_.resize(std::size_t(first_mouth_.back()));
    std::vector<int> next(first_mouth_.begin(), first_mouth_.end() - 1);
    each([this, &next](int node, Mouth mouth) { mouths_[std::size_t(next[std::size_t(node)]++)] = mouth; });
}

void ContrastTransport::inject(int source, int edge, double along_mm, double ml_s, double medium_share)
{
    FLUORO_EXPECT(edge >= 0 && std::size_t(edge) < edges_.size() && medium_share >= 0 && medium_share <= 1);
    Edge const& into = edges_[std::size_t(edge)];
    int const cell = std::clamp(int(std::floor(along_mm / into.cell_mm)), 0, into.cells - 1);
    // What an ended source has pushed waits for the next step.
    bool is_known = false;
    for (Source& known : sources_) {
        if (known.number != source) continue;
        bool const is_here = known.edge == edge && known.cell == cell;
        known.ml_s = is_here ? ml_s : 0;
        known.share = medium_share;
        is_known = is_known || is_here;
    }
    if (is_known || ml_s == 0) return;
    sources_.push_back({source, edge, cell, ml_s, medium_share});
    find_jets(sources_.back());
}

void ContrastTransport::reshape(int edge, std::span<double const> cells_ml)
{
    Edge& its = edges_[std::size_t(edge)];
    FLUORO_EXPECT(its.chamber < 0 && cells_ml.size() == std::size_t(its.cells));
    std::copy(cells_ml.begin(), cells_ml.end(), next_ml_.begin() + its.first_cell);
    if (!its.is_changing) changing_.push_back(edge);
    its.is_changing = true;
}

void ContrastTransport::take_shape(Edge& edge)
{
    auto const first = std::size_t(edge.first_cell), count = std::size_t(edge.cells);
    std::copy_n(next_ml_.begin() + std::ptrdiff_t(first), count, cells_ml_.begin() + std::ptrdiff_t(first));
    auto const begin = cells_ml_.begin() + std::ptrdiff_t(first);
    edge.least_cell_ml = *std::min_element(begin, begin + std::ptrdiff_t(count));
    edge.ml = std::accumulate(begin, begin + std::ptrdiff_t(count), 0.0);
    edge.is_changing = false;
}

void ContrastTransport::drew(int source, double medium_ml)
{
    if (medium_ml <= 0) return;
    excreted_ml_ += medium_ml;
    for (Drawn& drawn : drawn_)
        if (drawn.source == source) {
            drawn.medium_ml += medium_ml;
            return;
        }
    drawn_.push_back({source, medium_ml});
}

double ContrastTransport::drawn_ml(int source) const
{
    for (Drawn const& drawn : drawn_)
        if (drawn.source == source) return drawn.medium_ml;
    return 0;
}

std::array<double, chamber_count> ContrastTransport::chamber_ml() const
{
    std::array<double, chamber_count> ml{};
    for (std::size_t c = 0; c < chamber_count; ++c) ml[c] = chambers_[c].blood_ml;
    return ml;
}

double ContrastTransport::mean_share(int cell) const
{
    auto const first = picture_.begin() + std::ptrdiff_t(cell) * lane_count;
    return std::accumulate(first, first + lane_count, 0.0) / lane_count;
}

double ContrastTransport::in_body_ml() const
{
    double all = 0;
    for (Edge const& edge : edges_) {
        if (!edge.is_active) continue;
        if (edge.is_even) {
            all += edge.even_share * edge.ml;
            continue;
        }
        for (int cell = edge.first_cell; cell < edge.first_cell + edge.cells; ++cell)
            for (std::size_t l = 0; l < lane_count; ++l)
                all += shares_[std::size_t(cell) * lane_count + l] * cells_ml_[std::size_t(cell)] / lane_count;
    }
    for (std::size_t n = 0; n < node_chamber_.size(); ++n) all += junctions_.held_ml(int(n));
    for (Bed const& bed : beds_)
        for (MixedTank const& tank : bed.tanks) all += tank.medium_ml;
    for (MixedTank const& chamber : chambers_) all += chamber.medium_ml;
    return all;
}

} // namespace fluoro
