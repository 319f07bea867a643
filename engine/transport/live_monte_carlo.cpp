#include "picture.hpp"

#include <cmath>
#include <fluoro/transport/live_monte_carlo.hpp>
#include <optional>

namespace fluoro {
namespace {

/// Everything in a scene that decides where its photons go, as numbers in a fixed order.
class Fingerprint {
public:
    explicit Fingerprint(Scene const& s)
    {
        add(s.view.source_mm);
        add(s.view.detector_centre_mm);
        add(s.view.column_direction);
        add(s.view.row_direction);
        add(s.view.source_to_detector_mm);
        add(s.pixels.field_mm);
        add(double(s.pixels.rows) / s.pixels.columns);
        add(s.blades.left_mm);
        add(s.blades.right_mm);
        add(s.blades.top_mm);
        add(s.blades.bottom_mm);
        add(s.source_to_blades_mm);
        add(s.focal_spot_mm());
        add(s.tube.anode_angle_deg);
        add(s.tube.anode_along_rows);
        auto const& quality = s.exposure.quality;
        add(quality.voltage.value());
        add(quality.added_copper.value());
        add(quality.added_aluminium.value());
        add(double(int(s.scintillator)));
        add(double(s.wedges.size()));
        for (auto const& wedge : s.wedges) {
            add(wedge.angle_rad);
            add(wedge.edge_mm);
            add(wedge.ramp_mm);
            add(wedge.full_g_cm2);
            add(double(int(wedge.material)));
        }
        add(double(s.slabs.size()));
        for (auto const& slab : s.slabs) {
            add(double(int(slab.material)));
            add(slab.density_g_cm3);
            add(slab.half_extent_mm);
            for (int column = 0; column < 4; ++column) add(Vec3{slab.patient_from_slab[column]});
        }
        add(double(s.fillings.size()));
        for (auto const& filling : s.fillings) {
            add(double(filling.content.g_cm3.size()));
            for (auto const& [material, density] : filling.content.g_cm3) {
                add(double(int(material)));
                add(density);
            }
        }
        add(double(s.tubes.size()));
        for (auto const& tube : s.tubes) {
            add(tube.from_mm);
            add(tube.to_mm);
            add(tube.from_radius_mm);
            add(tube.to_radius_mm);
            add(tube.from_cut);
            add(tube.to_cut);
            add(double(tube.filling));
            add(tube.share);
        }
    }
    friend bool operator==(Fingerprint const&, Fingerprint const&) = default;

private:
    void add(double number) { numbers_.push_back(number); }
    void add(Vec3 const& vector)
    {
        for (int axis = 0; axis < 3; ++axis) add(vector[axis]);
    }
    std::vector<double> numbers_;
};

/// How a living body stands, as far as scatter cares: a little of it changes with every beat.
class Stand {
public:
    explicit Stand(Scene const& s) : displacement_{s.displacement}
    {
        for (auto const& cloud : s.clouds) {
            Cloud sum;
            for (auto const& parcel : cloud.parcels) {
                sum.mm3 += double(parcel.volume_mm3);
                sum.moment += double(parcel.volume_mm3) * Vec3{parcel.at_mm};
            }
            clouds_.push_back(sum);
        }
    }
    bool is_near(Stand const& other) const
    {
        return clouds_.size() == other.clouds_.size() && has_near_clouds(other) && has_near_tissue(other);
    }

private:
    static constexpr double near_mm = 8, near_share = 0.15; // scatter is smooth over centimetres
    struct Cloud {
        double mm3 = 0;
        Vec3 moment{0};
    };

    bool has_near_clouds(Stand const& other) const
    {
        double differ = 0, all = 0;
        for (std::size_t c = 0; c < clouds_.size(); ++c) {
            Cloud const &a = clouds_[c], &b = other.clouds_[c];
            differ += std::abs(a.mm3 - b.mm3);
            all += std::max(a.mm3, b.mm3);
            if (a.mm3 > 0 && b.mm3 > 0 && glm::length(a.moment / a.mm3 - b.moment / b.mm3) > near_mm) return false;
        }
        return differ <= near_share * all;
    }
    bool has_near_tissue(Stand const& other) const
    {
        auto const &a = displacement_, &b = other.displacement_;
        if (a == b) return true;
        if (!a || !b || a->grid.size != b->grid.size || a->grid.origin_mm != b->grid.origin_mm) return false;
        for (std::size_t i = 0; i < a->backward_mm.size(); ++i) {
            glm::vec3 const way = a->backward_mm[i] - b->backward_mm[i];
            if (double(glm::dot(way, way)) > near_mm * near_mm) return false;
        }
        return true;
    }

    std::shared_ptr<Displacement const> displacement_;
    std::vector<Cloud> clouds_;
};

} // namespace

struct LiveMonteCarlo::Impl {
    explicit Impl(LiveMonteCarloSettings const& s) : settings{s}, device{s.device} {}

    /// What is being added up, and for which scene.
    struct Standing {
        std::shared_ptr<Patient const> patient;
        std::optional<AntiScatterGrid> grid;
        Fingerprint fingerprint;
        Stand stand;
        TransportTables tables;
        TransportTallies tallies;
    };

    LiveMonteCarloSettings settings;
    DeviceTransport device;
    std::optional<Standing> standing;
};

LiveMonteCarlo::LiveMonteCarlo(LiveMonteCarloSettings const& settings) : impl_{std::make_unique<Impl>(settings)} {}
LiveMonteCarlo::~LiveMonteCarlo() = default;
LiveMonteCarlo::LiveMonteCarlo(LiveMonteCarlo&&) noexcept = default;
LiveMonteCarlo& LiveMonteCarlo::operator=(LiveMonteCarlo&&) noexcept = default;

ScatterPicture LiveMonteCarlo::accumulate(Scene const& scene, std::uint64_t histories)
{
    auto& i = *impl_;
    if (!is_lit(scene)) return dark_picture(scene);
    Fingerprint fingerprint{scene};
    Stand stand{scene};
    auto& standing = i.standing;
    if (!standing || standing->patient != scene.patient || standing->grid != scene.grid ||
        standing->fingerprint != fingerprint || !standing->stand.is_near(stand)) {
        standing.reset();
        auto tables = pack(picture_problem(scene, i.settings.bins));
        TransportTallies empty{tables};
        i.device.load(tables);
        standing.emplace(scene.patient, scene.grid, std::move(fingerprint), std::move(stand), std::move(tables),
                         std::move(empty));
    }
    standing->tallies.add(i.device.follow(i.settings.seed, standing->tallies.histories, histories));
    return picture_of(scene, standing->tables, standing->tallies);
}

void LiveMonteCarlo::reset()
{
    impl_->standing.reset();
}
double LiveMonteCarlo::last_device_ms() const
{
    return impl_->device.last_device_ms();
}
std::string LiveMonteCarlo::device_name() const
{
    return impl_->device.device_name();
}
std::vector<std::string> LiveMonteCarlo::validation_messages() const
{
    return impl_->device.validation_messages();
}

} // namespace fluoro
