#include "contrast_transport.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numeric>
#include <utility>

// One step of ContrastTransport. Tanks (chambers and beds) give off what they held before; then edges and nodes follow
// each other down the flow, so that medium passes any number of short vessels within a step. Only what holds medium, or
// may get some, takes part.

namespace fluoro {

namespace {

constexpr double least_share = Junctions::least_share;

Lanes const& even()
{
    static Lanes const shares = [] {
        Lanes all{};
        all.fill(1.0 / lane_count);
        return all;
    }();
    return shares;
}

Lanes spread(double ml)
{
    Lanes lanes{};
    lanes.fill(ml / lane_count);
    return lanes;
}

double mean(Lanes const& lanes)
{
    return std::accumulate(lanes.begin(), lanes.end(), 0.0) / lane_count;
}

/// Blood from one tank into the other, or back where it is negative, with the medium that it has there.
void exchange(MixedTank& from, MixedTank& to, double blood_ml)
{
    if (blood_ml < 0) return exchange(to, from, -blood_ml);
    double const ml = std::min(from.medium_ml, from.share() * blood_ml);
    from.medium_ml -= ml;
    to.medium_ml += ml;
}

} // namespace

std::span<ContrastTransport::Mouth const> ContrastTransport::mouths(int node) const
{
    auto const first = std::size_t(first_mouth_[std::size_t(node)]);
    return {mouths_.data() + first, std::size_t(first_mouth_[std::size_t(node) + 1]) - first};
}

double ContrastTransport::into_node_ml(Mouth const& mouth) const
{
    auto const n = std::size_t(mouth.number);
    switch (mouth.kind) {
    case Mouth::Kind::edge_from:
        return -edges_[n].in_ml;
    case Mouth::Kind::edge_to:
        return edges_[n].out_ml;
    case Mouth::Kind::bed_from:
        return -beds_[n].in_ml;
    case Mouth::Kind::bed_to:
        return beds_[n].out_ml;
    }
    return 0;
}

void ContrastTransport::gather(double dt_s, BloodFlows const& flows)
{
    FLUORO_EXPECT(flows.in_ml_s.size() == edges_.size() && flows.out_ml_s.size() == edges_.size());
    FLUORO_EXPECT(flows.bed_in_ml_s.size() == beds_.size() && flows.bed_out_ml_s.size() == beds_.size());
    passed_.time_s += dt_s;
    auto const add = [dt_s](std::vector<double>& ml, std::span<double const> ml_s) {
        for (std::size_t i = 0; i < ml.size(); ++i) ml[i] += ml_s[i] * dt_s;
    };
    add(passed_.in_ml, flows.in_ml_s);
    add(passed_.out_ml, flows.out_ml_s);
    add(passed_.bed_in_ml, flows.bed_in_ml_s);
    add(passed_.bed_out_ml, flows.bed_out_ml_s);
    for (Source& source : sources_) {
        double const ml = source.ml_s * dt_s;
        source.pushed_ml += std::max(ml, 0.0);
        source.medium_ml += std::max(ml, 0.0) * source.share;
        source.drawn_ml += std::max(-ml, 0.0);
    }
}

void ContrastTransport::take_flows()
{
    junctions_.begin();
    for (std::size_t e = 0; e < edges_.size(); ++e) {
        Edge& edge = edges_[e];
        edge.in_ml = std::exchange(passed_.in_ml[e], 0.0);
        edge.out_ml = std::exchange(passed_.out_ml[e], 0.0);
        edge.is_near = false;
        if (node_chamber_[std::size_t(edge.from)] < 0) junctions_.blood(edge.from, -edge.in_ml);
        if (node_chamber_[std::size_t(edge.to)] < 0) junctions_.blood(edge.to, edge.out_ml);
    }
    for (std::size_t b = 0; b < beds_.size(); ++b) {
        Bed& bed = beds_[b];
        bed.in_ml = std::exchange(passed_.bed_in_ml[b], 0.0);
        bed.out_ml = std::exchange(passed_.bed_out_ml[b], 0.0);
        if (bed.from_chamber < 0) junctions_.blood(bed.from, -bed.in_ml);
        if (bed.to_chamber < 0) junctions_.blood(bed.to, bed.out_ml);
    }
}

void ContrastTransport::wet(int node)
{
    if (junctions_.is_open(node)) return;
    auto const is_tube_at = [this](Mouth const& mouth) {
        return mouth.kind <= Mouth::Kind::edge_to && edges_[std::size_t(mouth.number)].chamber < 0;
    };
    junctions_.open(node, std::ranges::any_of(mouths(node), [&](Mouth const& mouth) {
                        return is_tube_at(mouth) && edges_[std::size_t(mouth.number)].is_plug;
                    }));
    pending_[std::size_t(node)] = 0;
    wet_.push_back(node);
    for (Mouth const& mouth : mouths(node)) {
        bool const is_tube = is_tube_at(mouth);
        junctions_.lane_blood(node, into_node_ml(mouth), is_tube ? *edges_[std::size_t(mouth.number)].profile : even());
    }
}

void ContrastTransport::let_out(MixedTank& tank, double share, double blood_ml, int node)
{
    if (share <= least_share || blood_ml <= 0) return;
    double const ml = std::min(tank.medium_ml, share * blood_ml);
    tank.medium_ml -= ml;
    wet(node);
    junctions_.medium(node, spread(ml));
}

void ContrastTransport::let_out_of_tanks()
{
    for (Bed& bed : beds_) {
        double const first = bed.tanks[0].share(), second = bed.tanks[1].share();
        double const between_ml = (bed.in_ml + bed.out_ml) / 2;
        if (bed.from_chamber < 0)
            let_out(bed.tanks[0], first, -bed.in_ml, bed.from);
        else
            exchange(bed.tanks[0], chambers_[std::size_t(bed.from_chamber)], -bed.in_ml);
        if (bed.to_chamber < 0)
            let_out(bed.tanks[1], second, bed.out_ml, bed.to);
        else
            exchange(bed.tanks[1], chambers_[std::size_t(bed.to_chamber)], bed.out_ml);
        exchange(bed.tanks[0], bed.tanks[1], between_ml);
        bed.tanks[0].blood_ml = std::max(bed.least_ml, bed.tanks[0].blood_ml + bed.in_ml - between_ml);
        bed.tanks[1].blood_ml = std::max(bed.least_ml, bed.tanks[1].blood_ml + between_ml - bed.out_ml);
    }
    for (std::size_t c = 0; c < chamber_count; ++c) {
        MixedTank& chamber = chambers_[c];
        double const share = chamber.share();
        for (int const number : chamber_edges_[c]) {
            Edge const& edge = edges_[std::size_t(number)];
            if (node_chamber_[std::size_t(edge.from)] < 0) let_out(chamber, share, -edge.in_ml, edge.from);
            if (node_chamber_[std::size_t(edge.to)] < 0) let_out(chamber, share, edge.out_ml, edge.to);
        }
    }
}

void ContrastTransport::filter(double dt_s)
{
    for (Bed& bed : beds_) {
        if (bed.filtered_ml_s <= 0) continue;
        MixedTank& tank = bed.tanks[0];
        double const ml = std::min(tank.medium_ml, bed.filtered_ml_s * tank.share() * dt_s);
        tank.medium_ml -= ml;
        excreted_ml_ += ml;
    }
}

void ContrastTransport::push()
{
    for (Source const& source : sources_) {
        Edge& edge = edges_[std::size_t(source.edge)];
        injected_ml_ += source.medium_ml;
        if (edge.chamber < 0) {
            edge.is_active = edge.is_active || source.medium_ml > 0;
            continue;
        }
        MixedTank& chamber = chambers_[std::size_t(edge.chamber)];
        double const drawn_ml = std::min(chamber.medium_ml, source.drawn_ml * chamber.share());
        chamber.medium_ml += source.medium_ml - drawn_ml;
        drew(source.number, drawn_ml);
    }
}

void ContrastTransport::find_near(double dt_s)
{
    near_.clear();
    for (std::size_t e = 0; e < edges_.size(); ++e) {
        Edge& edge = edges_[e];
        if (!edge.is_active) continue;
        edge.is_near = true;
        near_.push_back(int(e));
        if (edge.in_ml < 0) wet(edge.from);
        if (edge.out_ml > 0) wet(edge.to);
    }
    for (std::size_t n = 0; n < node_chamber_.size(); ++n)
        if (junctions_.has_medium(int(n))) wet(int(n));
    // The edges that leave wet nodes; where the flow may pass a whole edge within the step, the next node too.
    for (std::size_t i = 0; i < wet_.size(); ++i)
        for (Mouth const& mouth : mouths(wet_[i])) {
            if (mouth.kind > Mouth::Kind::edge_to || into_node_ml(mouth) >= 0) continue;
            Edge& edge = edges_[std::size_t(mouth.number)];
            if (edge.chamber >= 0 || edge.is_near) continue;
            edge.is_near = true;
            near_.push_back(mouth.number);
            if (transport_.reaches(edge.cells, edge.least_cell_ml, *edge.profile,
                                   std::max(std::abs(edge.in_ml), std::abs(edge.out_ml)) / dt_s, dt_s))
                wet(mouth.kind == Mouth::Kind::edge_from ? edge.to : edge.from);
        }
    for (int const number : near_) {
        Edge& edge = edges_[std::size_t(number)];
        enters_[std::size_t(number)] = {};
        edge.waits = (edge.in_ml > 0 && junctions_.is_open(edge.from) ? 1 : 0) +
                     (edge.out_ml < 0 && junctions_.is_open(edge.to) ? 1 : 0);
        if (edge.in_ml < 0) ++pending_[std::size_t(edge.from)];
        if (edge.out_ml > 0) ++pending_[std::size_t(edge.to)];
    }
}

void ContrastTransport::send(int node, double dt_s)
{
    Lanes const shares = junctions_.resolve(node);
    double const share = mean(shares);
    for (Mouth const& mouth : mouths(node)) {
        double const ml = -into_node_ml(mouth);
        if (ml <= 0) continue;
        auto const n = std::size_t(mouth.number);
        if (mouth.kind == Mouth::Kind::bed_from)
            beds_[n].tanks[0].medium_ml += ml * share;
        else if (mouth.kind == Mouth::Kind::bed_to)
            beds_[n].tanks[1].medium_ml += ml * share;
        else if (edges_[n].chamber >= 0)
            chambers_[std::size_t(edges_[n].chamber)].medium_ml += ml * share;
        else {
            (mouth.kind == Mouth::Kind::edge_from ? enters_[n].from : enters_[n].to) = shares;
            if (--edges_[n].waits == 0) carry(mouth.number, dt_s);
        }
    }
}

void ContrastTransport::settle(std::array<double, chamber_count> const& chamber_ml)
{
    is_empty_ = std::none_of(edges_.begin(), edges_.end(), [](Edge const& edge) { return edge.is_active; });
    for (std::size_t b = 0; b < beds_.size(); ++b) {
        auto const& tanks = beds_[b].tanks;
        double const share = (tanks[0].medium_ml + tanks[1].medium_ml) / (tanks[0].blood_ml + tanks[1].blood_ml);
        bed_picture_[b] = std::clamp(float(share), 0.0f, 1.0f);
        is_empty_ = is_empty_ && share <= least_share;
    }
    for (std::size_t c = 0; c < chamber_count; ++c) {
        MixedTank& chamber = chambers_[c];
        chamber.blood_ml = chamber_ml[c];
        double const share = chamber.share();
        is_empty_ = is_empty_ && (share <= least_share || chamber_edges_[c].empty());
        for (int const number : chamber_edges_[c]) {
            Edge const& edge = edges_[std::size_t(number)];
            auto const first = picture_.begin() + std::ptrdiff_t(edge.first_cell) * lane_count;
            std::fill(first, first + std::ptrdiff_t(edge.cells) * lane_count,
                      share > least_share ? std::min(float(share), 1.0f) : 0.0f);
        }
    }
}

void ContrastTransport::step(std::array<double, chamber_count> const& chamber_ml)
{
    double const dt_s = std::exchange(passed_.time_s, 0.0);
    if (chambers_[0].blood_ml <= 0) settle(chamber_ml);
    take_flows();
    wet_.clear();
    push();
    let_out_of_tanks();
    filter(dt_s);
    find_near(dt_s);
    ready_.clear();
    for (int const node : wet_)
        if (pending_[std::size_t(node)] == 0) ready_.push_back(node);
    for (std::size_t i = 0; i < near_.size(); ++i)
        if (edges_[std::size_t(near_[i])].waits == 0) carry(near_[i], dt_s);
    for (std::size_t next = 0, asked = 0; next < ready_.size() || asked < wet_.size();) {
        if (next < ready_.size()) {
            send(ready_[next++], dt_s);
            continue;
        }
        // Vessels in a ring wait for each other: one node goes ahead, what reaches it later waits there.
        if (int const node = wet_[asked++]; !junctions_.is_resolved(node)) send(node, dt_s);
    }
    junctions_.end();
    for (int const edge : changing_)
        if (edges_[std::size_t(edge)].is_changing) take_shape(edges_[std::size_t(edge)]); // it holds no medium
    changing_.clear();
    for (Source const& source : sources_) stir(source, dt_s);
    layer(dt_s);
    std::erase_if(sources_, [](Source const& source) { return source.ml_s == 0; });
    for (Source& source : sources_) source.pushed_ml = source.medium_ml = source.drawn_ml = 0;
    settle(chamber_ml);
}

void ContrastTransport::advance(double dt_s, BloodFlows const& flows)
{
    FLUORO_EXPECT(dt_s >= 0 && dt_s <= 1 / 59.0);
    if (dt_s == 0) return;
    if (is_empty_ && sources_.empty()) {
        for (int const edge : changing_) take_shape(edges_[std::size_t(edge)]);
        changing_.clear();
        return;
    }
    gather(dt_s, flows);
    if (passed_.time_s >= step_s) step(flows.chamber_ml);
}

} // namespace fluoro
