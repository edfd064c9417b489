#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/document.h"
#include "model/names.h"
#include "model/residency.h"
#include "model/validate.h"

namespace sillar {
namespace {

void check_path(const std::string& name, const std::string& path, Complaints& out) {
  std::string_view rest = name;
  std::size_t depth = 0;
  bool good = name.size() <= kNameBytesMax;
  for (;;) {
    const std::size_t slash = rest.find('/');
    good = good && is_path_segment(rest.substr(0, slash));
    ++depth;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!good)
    out.add(path + ".name",
            fmt::format("'{}' is not a path of letters, digits, '.', '_' and '-', with '/' between "
                        "its parts",
                        name));
  if (depth > kProjectDepthMax)
    out.add(path + ".name", fmt::format("a path has at most {} parts", kProjectDepthMax));
}

std::string resource_path(const Fleet& fleet, const std::string& path, std::size_t resource) {
  if (resource == kCpu) return path + ".quota.cpu";
  if (resource == kMemory) return path + ".quota.memory";
  return fmt::format("{}.quota.{}", path, fleet.classes[resource - kFirstClass].name);
}

void check_quota(const Quota& quota, const std::string& path, Complaints& out) {
  const auto check = [&](std::string_view field, std::int64_t amount) {
    if (amount < kUnlimited) out.add(path + std::string(field), "an amount is not negative");
    if (amount > kResourceMax)
      out.add(path + std::string(field), "the amount is larger than can be counted");
  };
  check(".deserved", quota.deserved);
  check(".limit", quota.limit);
  if (quota.weight < 0 || quota.weight > kQuotaWeightMax)
    out.add(path + ".weight", fmt::format("{} is outside 0 to {}", quota.weight, kQuotaWeightMax));
  if (quota.limit >= 0 && quota.deserved > quota.limit)
    out.add(path + ".limit", "the limit is below what the project deserves");
}

void check_budget(const Budget& budget, const std::string& path, Complaints& out) {
  if (!is_name(budget.name) || budget.name.size() > kNameBytesMax)
    out.add(path + ".name", fmt::format("'{}' cannot be a name", budget.name));
  if (budget.amount.nanos <= 0) out.add(path + ".amount", "a budget is more than nothing");
  if (budget.thresholds.size() > kBudgetThresholdsMax)
    out.add(path + ".thresholds",
            fmt::format("a budget has at most {} thresholds", kBudgetThresholdsMax));
  for (std::size_t i = 0; i < budget.thresholds.size(); ++i) {
    const std::int32_t percent = budget.thresholds[i];
    if (percent < 1 || percent > kBudgetPercentMax)
      out.add(fmt::format("{}.thresholds[{}]", path, i),
              fmt::format("{} is outside 1 to {}", percent, kBudgetPercentMax));
    if (i > 0 && percent <= budget.thresholds[i - 1])
      out.add(fmt::format("{}.thresholds[{}]", path, i), "thresholds rise");
  }
  if (budget.starts == Time{0}) return;
  if (budget.period != BudgetPeriod::kTotal)
    out.add(path + ".starts", "only a total says when it starts");
  if (budget.starts < Time{0} || budget.starts > kTimeMax ||
      budget.starts.ns % Duration::hours(1).ns != 0)
    out.add(path + ".starts", "a total starts on a full hour");
}

// Sums over all projects bound the sums over any siblings.
class Sums {
 public:
  explicit Sums(std::size_t resources) : deserved_(resources), limit_(resources) {}
  // False: a sum passes kResourceMax.
  [[nodiscard]] bool add(std::size_t resource, const Quota& quota) {
    return grow(deserved_[resource], quota.deserved) && grow(limit_[resource], quota.limit);
  }

 private:
  static bool grow(std::int64_t& sum, std::int64_t amount) {
    if (amount < 0) return true;
    if (amount > kResourceMax - sum) return false;
    sum += amount;
    return true;
  }
  std::vector<std::int64_t> deserved_, limit_;
};

class ProjectCheck {
 public:
  ProjectCheck(std::span<const Project> projects, const Fleet& fleet, Complaints& out)
      : projects_(projects), fleet_(fleet), out_(out), sums_(fleet.resource_count()) {}

  void run() {
    for (std::size_t p = 0; p < projects_.size(); ++p) check(p);
  }

 private:
  void check(std::size_t p) {
    const Project& project = projects_[p];
    const std::string path = fmt::format("[{}]", p);
    check_path(project.name, path, out_);
    if (!seen_.try_emplace(project.name, p).second)
      out_.add(path + ".name", fmt::format("there is another '{}' before it", project.name));
    check_parent(project, path);
    check_quotas(project, path);
    check_residency(project.residency, path + ".residency", out_);
    check_budgets(project, path);
    for (const auto& least : {project.min_runtime.preempt, project.min_runtime.reclaim}) {
      if (!least) continue;
      if (least->ns < 0) out_.add(path + ".min_runtime", "a duration is not negative");
      if (*least > kDurationMax)
        out_.add(path + ".min_runtime", fmt::format("{} is longer than {}", format_duration(*least),
                                                    format_duration(kDurationMax)));
    }
    if (!project.usage.empty() && project.usage.size() != fleet_.resource_count())
      out_.add(path + ".usage", "there is one entry for each resource, or none");
  }

  void check_parent(const Project& project, const std::string& path) {
    const std::size_t slash = project.name.rfind('/');
    const bool top = slash == std::string::npos;
    const std::string_view above = std::string_view(project.name).substr(0, top ? 0 : slash);
    const auto found = top ? seen_.end() : seen_.find(above);
    if (!top && found == seen_.end()) {
      std::vector<std::string> names;
      for (const Project& other : projects_) names.push_back(other.name);
      const bool later = std::find(names.begin(), names.end(), above) != names.end();
      const std::string near = later ? "" : did_you_mean(above, names);
      out_.add(path + ".name",
               later ? fmt::format("its parent '{}' stands after it; move the parent up", above)
                     : fmt::format("its parent '{}' is not declared{}", above,
                                   near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
      return;
    }
    if (project.parent.valid() == top || (!top && project.parent.index() != found->second))
      out_.add(path, "its parent is not the project that its name says");
  }

  void check_quotas(const Project& project, const std::string& path) {
    if (project.quota.size() != fleet_.resource_count()) {
      out_.add(path + ".quota", "there is one entry for each resource of the fleet");
      return;
    }
    for (std::size_t r = 0; r < project.quota.size(); ++r) {
      const Quota& quota = project.quota[r];
      if (quota == kQuotaAbsent) continue;
      check_quota(quota, resource_path(fleet_, path, r), out_);
      if (!sums_.add(r, quota))
        out_.add(resource_path(fleet_, path, r),
                 "with it, the projects together have more than can be counted");
    }
  }

  void check_budgets(const Project& project, const std::string& path) {
    if (project.budgets.size() > kBudgetsMax)
      out_.add(path + ".budgets", fmt::format("a project has at most {} budgets", kBudgetsMax));
    for (std::size_t i = 0; i < project.budgets.size(); ++i) {
      const Budget& budget = project.budgets[i];
      const std::string here = fmt::format("{}.budgets[{}]", path, i);
      check_budget(budget, here, out_);
      for (std::size_t k = 0; k < i; ++k) {
        if (project.budgets[k].name == budget.name)
          out_.add(here + ".name", fmt::format("there is another '{}' before it", budget.name));
      }
      if (!currency_) currency_ = budget.amount.currency;
      if (*currency_ != budget.amount.currency)
        out_.add(here + ".amount", fmt::format("all budgets are in one currency; {} stands before",
                                               currency_->text()));
    }
  }

  std::span<const Project> projects_;
  const Fleet& fleet_;
  Complaints& out_;
  std::optional<Currency> currency_;  // Of the first budget.
  std::map<std::string_view, std::size_t> seen_;
  Sums sums_;
};

}  // namespace

void validate_projects(std::span<const Project> projects, const Fleet& fleet,
                       Complaints& complaints) {
  ProjectCheck(projects, fleet, complaints).run();
}

void check_residency(const Residency& residency, const std::string& path, Complaints& out) {
  const auto is_group = [](std::string_view text) { return text == "EU" || text == "EEA"; };
  for (std::size_t i = 0; i < residency.countries.size(); ++i) {
    const std::string& country = residency.countries[i];
    if (!is_country_code(country) && !is_group(country))
      out.add(fmt::format("{}.countries[{}]", path, i),
              fmt::format("'{}' is neither a country code of two capital letters nor EU or EEA",
                          country));
  }
  for (std::size_t i = 0; i < residency.regions.size(); ++i)
    if (!is_region_path(residency.regions[i]))
      out.add(fmt::format("{}.regions[{}]", path, i),
              fmt::format("'{}' is not written as provider/region", residency.regions[i]));
  for (std::size_t i = 0; i < residency.forbidden.size(); ++i) {
    const std::string& entry = residency.forbidden[i];
    if (!is_country_code(entry) && !is_group(entry) && !is_region_path(entry))
      out.add(fmt::format("{}.forbidden[{}]", path, i),
              fmt::format("'{}' is neither a country code nor provider/region", entry));
  }
}

}  // namespace sillar
