export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "14"
  }
  public: {
    Tables: {
      audit_events: {
        Row: {
          action: string
          actor_id: string | null
          after: Json | null
          before: Json | null
          code: string | null
          happened_at: string
          id: number
          organization_id: string | null
          outcome: Database["public"]["Enums"]["audit_outcome"]
          request_id: string | null
          subject_id: string | null
          subject_kind: string | null
        }
        Insert: {
          action: string
          actor_id?: string | null
          after?: Json | null
          before?: Json | null
          code?: string | null
          happened_at?: string
          id?: never
          organization_id?: string | null
          outcome?: Database["public"]["Enums"]["audit_outcome"]
          request_id?: string | null
          subject_id?: string | null
          subject_kind?: string | null
        }
        Update: {
          action?: string
          actor_id?: string | null
          after?: Json | null
          before?: Json | null
          code?: string | null
          happened_at?: string
          id?: never
          organization_id?: string | null
          outcome?: Database["public"]["Enums"]["audit_outcome"]
          request_id?: string | null
          subject_id?: string | null
          subject_kind?: string | null
        }
        Relationships: []
      }
      categories: {
        Row: {
          archived_at: string | null
          color: string
          created_at: string
          description_ar: string
          description_en: string
          icon: string
          id: string
          name_ar: string
          name_en: string
          position: number
          posting: Database["public"]["Enums"]["category_posting"]
          revision: number
          slug: string
          template: NonNullable<Json>
          topic_count: number
          updated_at: string
        }
        Insert: {
          archived_at?: string | null
          color?: string
          created_at?: string
          description_ar?: string
          description_en?: string
          icon?: string
          id?: string
          name_ar: string
          name_en: string
          position?: number
          posting?: Database["public"]["Enums"]["category_posting"]
          revision?: number
          slug: string
          template?: NonNullable<Json>
          topic_count?: number
          updated_at?: string
        }
        Update: {
          archived_at?: string | null
          color?: string
          created_at?: string
          description_ar?: string
          description_en?: string
          icon?: string
          id?: string
          name_ar?: string
          name_en?: string
          position?: number
          posting?: Database["public"]["Enums"]["category_posting"]
          revision?: number
          slug?: string
          template?: NonNullable<Json>
          topic_count?: number
          updated_at?: string
        }
        Relationships: []
      }
      cities: {
        Row: {
          country: string
          id: number
          latitude: number
          longitude: number
          name_ar: string
          name_en: string
        }
        Insert: {
          country: string
          id: number
          latitude: number
          longitude: number
          name_ar: string
          name_en: string
        }
        Update: {
          country?: string
          id?: number
          latitude?: number
          longitude?: number
          name_ar?: string
          name_en?: string
        }
        Relationships: []
      }
      consents: {
        Row: {
          accepted_at: string
          document_id: string
          ip: unknown
          user_id: string
        }
        Insert: {
          accepted_at?: string
          document_id: string
          ip?: unknown
          user_id: string
        }
        Update: {
          accepted_at?: string
          document_id?: string
          ip?: unknown
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "consents_document_id_fkey"
            columns: ["document_id"]
            referencedRelation: "legal_documents"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "consents_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      digest_times: {
        Row: {
          hour: number
          user_id: string
          weekday: number
        }
        Insert: {
          hour: number
          user_id: string
          weekday: number
        }
        Update: {
          hour?: number
          user_id?: string
          weekday?: number
        }
        Relationships: [
          {
            foreignKeyName: "digest_times_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      drafts: {
        Row: {
          content: NonNullable<Json>
          key: string
          updated_at: string
          user_id: string
        }
        Insert: {
          content: NonNullable<Json>
          key: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          content?: NonNullable<Json>
          key?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "drafts_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      files: {
        Row: {
          attached_at: string | null
          checksum: string | null
          content_type: string
          created_at: string
          id: string
          organization_id: string | null
          owner_id: string | null
          purpose: Database["public"]["Enums"]["file_purpose"]
          reason: string | null
          renditions: Json | null
          settled_at: string | null
          size: number
          status: Database["public"]["Enums"]["file_status"]
          stored_bytes: number
          thumbhash: string | null
          uploaded_at: string | null
        }
        Insert: {
          attached_at?: string | null
          checksum?: string | null
          content_type: string
          created_at?: string
          id?: string
          organization_id?: string | null
          owner_id?: string | null
          purpose: Database["public"]["Enums"]["file_purpose"]
          reason?: string | null
          renditions?: Json | null
          settled_at?: string | null
          size: number
          status?: Database["public"]["Enums"]["file_status"]
          stored_bytes?: number
          thumbhash?: string | null
          uploaded_at?: string | null
        }
        Update: {
          attached_at?: string | null
          checksum?: string | null
          content_type?: string
          created_at?: string
          id?: string
          organization_id?: string | null
          owner_id?: string | null
          purpose?: Database["public"]["Enums"]["file_purpose"]
          reason?: string | null
          renditions?: Json | null
          settled_at?: string | null
          size?: number
          status?: Database["public"]["Enums"]["file_status"]
          stored_bytes?: number
          thumbhash?: string | null
          uploaded_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "files_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "files_owner_id_fkey"
            columns: ["owner_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      industries: {
        Row: {
          code: string
          name_ar: string
          name_en: string
          section: string | null
        }
        Insert: {
          code: string
          name_ar: string
          name_en: string
          section?: string | null
        }
        Update: {
          code?: string
          name_ar?: string
          name_en?: string
          section?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "industries_section_fkey"
            columns: ["section"]
            referencedRelation: "industries"
            referencedColumns: ["code"]
          },
        ]
      }
      invitations: {
        Row: {
          accepted_at: string | null
          accepted_by: string | null
          created_at: string
          email: string
          expires_at: string
          id: string
          invited_by: string | null
          locale: Database["public"]["Enums"]["locale"]
          mailed_at: string | null
          message: string | null
          name: string | null
          organization_id: string
          revoked_at: string | null
          role: Database["public"]["Enums"]["member_role"]
          sending: number
          undelivered_at: string | null
        }
        Insert: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          email: string
          expires_at?: string
          id?: string
          invited_by?: string | null
          locale: Database["public"]["Enums"]["locale"]
          mailed_at?: string | null
          message?: string | null
          name?: string | null
          organization_id: string
          revoked_at?: string | null
          role: Database["public"]["Enums"]["member_role"]
          sending?: number
          undelivered_at?: string | null
        }
        Update: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          email?: string
          expires_at?: string
          id?: string
          invited_by?: string | null
          locale?: Database["public"]["Enums"]["locale"]
          mailed_at?: string | null
          message?: string | null
          name?: string | null
          organization_id?: string
          revoked_at?: string | null
          role?: Database["public"]["Enums"]["member_role"]
          sending?: number
          undelivered_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "invitations_accepted_by_fkey"
            columns: ["accepted_by"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invitations_invited_by_fkey"
            columns: ["invited_by"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "invitations_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      join_requests: {
        Row: {
          created_at: string
          decided_at: string | null
          decided_by: string | null
          decision: Database["public"]["Enums"]["join_decision"] | null
          email: string
          first_name: string
          id: string
          last_name: string
          locale: Database["public"]["Enums"]["locale"]
          message: string | null
          organization_id: string
        }
        Insert: {
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          decision?: Database["public"]["Enums"]["join_decision"] | null
          email: string
          first_name: string
          id?: string
          last_name: string
          locale: Database["public"]["Enums"]["locale"]
          message?: string | null
          organization_id: string
        }
        Update: {
          created_at?: string
          decided_at?: string | null
          decided_by?: string | null
          decision?: Database["public"]["Enums"]["join_decision"] | null
          email?: string
          first_name?: string
          id?: string
          last_name?: string
          locale?: Database["public"]["Enums"]["locale"]
          message?: string | null
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "join_requests_decided_by_fkey"
            columns: ["decided_by"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "join_requests_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      legal_documents: {
        Row: {
          changes_ar: string | null
          changes_en: string | null
          id: string
          kind: Database["public"]["Enums"]["legal_kind"]
          published_at: string
          text_ar: NonNullable<Json>
          text_en: NonNullable<Json>
          version: number
        }
        Insert: {
          changes_ar?: string | null
          changes_en?: string | null
          id?: string
          kind: Database["public"]["Enums"]["legal_kind"]
          published_at?: string
          text_ar: NonNullable<Json>
          text_en: NonNullable<Json>
          version: number
        }
        Update: {
          changes_ar?: string | null
          changes_en?: string | null
          id?: string
          kind?: Database["public"]["Enums"]["legal_kind"]
          published_at?: string
          text_ar?: NonNullable<Json>
          text_en?: NonNullable<Json>
          version?: number
        }
        Relationships: []
      }
      memberships: {
        Row: {
          created_at: string
          organization_id: string
          role: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Insert: {
          created_at?: string
          organization_id: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Update: {
          created_at?: string
          organization_id?: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "memberships_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "memberships_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      notification_events: {
        Row: {
          actor_id: string | null
          created_at: string
          item_id: string
          mail_id: string | null
          notification_id: string
          place: number
          user_id: string
        }
        Insert: {
          actor_id?: string | null
          created_at?: string
          item_id: string
          mail_id?: string | null
          notification_id: string
          place?: number
          user_id: string
        }
        Update: {
          actor_id?: string | null
          created_at?: string
          item_id?: string
          mail_id?: string | null
          notification_id?: string
          place?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "notification_events_actor_id_fkey"
            columns: ["actor_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notification_events_notification_id_fkey"
            columns: ["notification_id"]
            referencedRelation: "notifications"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notification_events_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      notification_preferences: {
        Row: {
          email: Database["public"]["Enums"]["mail_pace"]
          in_app: boolean
          kind: Database["public"]["Enums"]["notification_kind"]
          user_id: string
        }
        Insert: {
          email: Database["public"]["Enums"]["mail_pace"]
          in_app: boolean
          kind: Database["public"]["Enums"]["notification_kind"]
          user_id: string
        }
        Update: {
          email?: Database["public"]["Enums"]["mail_pace"]
          in_app?: boolean
          kind?: Database["public"]["Enums"]["notification_kind"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "notification_preferences_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      notifications: {
        Row: {
          created_at: string
          event_count: number
          id: string
          in_app: boolean
          kind: Database["public"]["Enums"]["notification_kind"]
          newest_at: string
          read_at: string | null
          thread: string
          topic_id: string | null
          user_id: string
        }
        Insert: {
          created_at?: string
          event_count?: number
          id?: string
          in_app?: boolean
          kind: Database["public"]["Enums"]["notification_kind"]
          newest_at?: string
          read_at?: string | null
          thread: string
          topic_id?: never
          user_id: string
        }
        Update: {
          created_at?: string
          event_count?: number
          id?: string
          in_app?: boolean
          kind?: Database["public"]["Enums"]["notification_kind"]
          newest_at?: string
          read_at?: string | null
          thread?: string
          topic_id?: never
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "notifications_topic_id_fkey"
            columns: ["topic_id"]
            referencedRelation: "topics"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "notifications_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      organization_statistics: {
        Row: {
          counted_at: string
          counts: NonNullable<Json>
          organization_id: string
        }
        Insert: {
          counted_at?: string
          counts?: NonNullable<Json>
          organization_id: string
        }
        Update: {
          counted_at?: string
          counts?: NonNullable<Json>
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "organization_statistics_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      organizations: {
        Row: {
          about: string | null
          city_id: number | null
          created_at: string
          domain: string | null
          id: string
          industry: string | null
          logo: Json | null
          name: string
          name_ar: string | null
          name_folded: string
          revision: number
          size: Database["public"]["Enums"]["organization_size"] | null
          status: Database["public"]["Enums"]["organization_status"]
          takes_join_requests: boolean
          updated_at: string
          verified_at: string | null
          website: string | null
        }
        Insert: {
          about?: string | null
          city_id?: number | null
          created_at?: string
          domain?: string | null
          id?: string
          industry?: string | null
          logo?: Json | null
          name: string
          name_ar?: string | null
          name_folded?: never
          revision?: number
          size?: Database["public"]["Enums"]["organization_size"] | null
          status?: Database["public"]["Enums"]["organization_status"]
          takes_join_requests?: boolean
          updated_at?: string
          verified_at?: string | null
          website?: string | null
        }
        Update: {
          about?: string | null
          city_id?: number | null
          created_at?: string
          domain?: string | null
          id?: string
          industry?: string | null
          logo?: Json | null
          name?: string
          name_ar?: string | null
          name_folded?: never
          revision?: number
          size?: Database["public"]["Enums"]["organization_size"] | null
          status?: Database["public"]["Enums"]["organization_status"]
          takes_join_requests?: boolean
          updated_at?: string
          verified_at?: string | null
          website?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "organizations_city_id_fkey"
            columns: ["city_id"]
            referencedRelation: "cities"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "organizations_industry_fkey"
            columns: ["industry"]
            referencedRelation: "industries"
            referencedColumns: ["code"]
          },
        ]
      }
      platform_roles: {
        Row: {
          created_at: string
          role: Database["public"]["Enums"]["platform_role"]
          user_id: string
        }
        Insert: {
          created_at?: string
          role: Database["public"]["Enums"]["platform_role"]
          user_id: string
        }
        Update: {
          created_at?: string
          role?: Database["public"]["Enums"]["platform_role"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "platform_roles_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      post_files: {
        Row: {
          content_type: string
          file_id: string
          post_id: string
          renditions: NonNullable<Json>
          size: number
          thumbhash: string | null
          topic_id: string
          withheld: boolean
        }
        Insert: {
          content_type: string
          file_id: string
          post_id: string
          renditions: NonNullable<Json>
          size: number
          thumbhash?: string | null
          topic_id: string
          withheld?: boolean
        }
        Update: {
          content_type?: string
          file_id?: string
          post_id?: string
          renditions?: NonNullable<Json>
          size?: number
          thumbhash?: string | null
          topic_id?: string
          withheld?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "post_files_file_id_fkey"
            columns: ["file_id"]
            referencedRelation: "files"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "post_files_post_id_fkey"
            columns: ["post_id"]
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "post_files_topic_id_fkey"
            columns: ["topic_id"]
            referencedRelation: "topics"
            referencedColumns: ["id"]
          },
        ]
      }
      post_revisions: {
        Row: {
          body: NonNullable<Json>
          editor_id: string | null
          post_id: string
          revision: number
          visibility: Database["public"]["Enums"]["visibility"]
          written_at: string
        }
        Insert: {
          body: NonNullable<Json>
          editor_id?: string | null
          post_id: string
          revision: number
          visibility: Database["public"]["Enums"]["visibility"]
          written_at: string
        }
        Update: {
          body?: NonNullable<Json>
          editor_id?: string | null
          post_id?: string
          revision?: number
          visibility?: Database["public"]["Enums"]["visibility"]
          written_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "post_revisions_editor_id_fkey"
            columns: ["editor_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "post_revisions_post_id_fkey"
            columns: ["post_id"]
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
        ]
      }
      posting_rules: {
        Row: {
          held_first_posts: number
          is_only: boolean
        }
        Insert: {
          held_first_posts: number
          is_only?: boolean
        }
        Update: {
          held_first_posts?: number
          is_only?: boolean
        }
        Relationships: []
      }
      posts: {
        Row: {
          author_id: string | null
          author_organization_id: string | null
          body: Json | null
          body_text: string | null
          branch_count: number
          changed_in: number
          created_at: string
          deleted_at: string | null
          depth: number
          edited_at: string | null
          hidden_at: string | null
          id: string
          number: number
          organization_id: string
          parent_id: string | null
          path: string
          reply_count: number
          revision: number
          topic_deleted_at: string | null
          topic_id: string
          visibility: Database["public"]["Enums"]["visibility"]
          vote_count: number
        }
        Insert: {
          author_id?: string | null
          author_organization_id?: string | null
          body?: Json | null
          body_text?: never
          branch_count?: number
          changed_in?: number
          created_at?: string
          deleted_at?: string | null
          depth?: number
          edited_at?: string | null
          hidden_at?: string | null
          id?: string
          number: number
          organization_id: string
          parent_id?: string | null
          path?: string
          reply_count?: number
          revision?: number
          topic_deleted_at?: string | null
          topic_id: string
          visibility: Database["public"]["Enums"]["visibility"]
          vote_count?: number
        }
        Update: {
          author_id?: string | null
          author_organization_id?: string | null
          body?: Json | null
          body_text?: never
          branch_count?: number
          changed_in?: number
          created_at?: string
          deleted_at?: string | null
          depth?: number
          edited_at?: string | null
          hidden_at?: string | null
          id?: string
          number?: number
          organization_id?: string
          parent_id?: string | null
          path?: string
          reply_count?: number
          revision?: number
          topic_deleted_at?: string | null
          topic_id?: string
          visibility?: Database["public"]["Enums"]["visibility"]
          vote_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "answers_stay_in_their_topic"
            columns: ["topic_id", "parent_id"]
            referencedRelation: "posts"
            referencedColumns: ["topic_id", "id"]
          },
          {
            foreignKeyName: "posts_author_id_fkey"
            columns: ["author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "posts_author_organization_id_fkey"
            columns: ["author_organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "posts_topic_id_visibility_organization_id_fkey"
            columns: ["topic_id", "visibility", "organization_id"]
            referencedRelation: "topics"
            referencedColumns: ["id", "visibility", "organization_id"]
          },
        ]
      }
      profile_details: {
        Row: {
          about: string | null
          audience: Database["public"]["Enums"]["profile_audience"]
          expertise: string[]
          expertise_folded: string[]
          organization_id: string | null
          person_id: string
          updated_at: string
        }
        Insert: {
          about?: string | null
          audience?: Database["public"]["Enums"]["profile_audience"]
          expertise?: string[]
          expertise_folded?: never
          organization_id?: string | null
          person_id: string
          updated_at?: string
        }
        Update: {
          about?: string | null
          audience?: Database["public"]["Enums"]["profile_audience"]
          expertise?: string[]
          expertise_folded?: never
          organization_id?: string | null
          person_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "profile_details_person_id_fkey"
            columns: ["person_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "profile_details_person_id_organization_id_fkey"
            columns: ["person_id", "organization_id"]
            referencedRelation: "memberships"
            referencedColumns: ["user_id", "organization_id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar: Json | null
          created_at: string
          first_name: string
          first_name_ar: string | null
          id: string
          job_title: string | null
          last_name: string
          last_name_ar: string | null
          locale: Database["public"]["Enums"]["locale"]
          name_folded: string
          status: Database["public"]["Enums"]["person_status"]
          time_zone: string
          updated_at: string
        }
        Insert: {
          avatar?: Json | null
          created_at?: string
          first_name: string
          first_name_ar?: string | null
          id: string
          job_title?: string | null
          last_name: string
          last_name_ar?: string | null
          locale?: Database["public"]["Enums"]["locale"]
          name_folded?: never
          status?: Database["public"]["Enums"]["person_status"]
          time_zone?: string
          updated_at?: string
        }
        Update: {
          avatar?: Json | null
          created_at?: string
          first_name?: string
          first_name_ar?: string | null
          id?: string
          job_title?: string | null
          last_name?: string
          last_name_ar?: string | null
          locale?: Database["public"]["Enums"]["locale"]
          name_folded?: never
          status?: Database["public"]["Enums"]["person_status"]
          time_zone?: string
          updated_at?: string
        }
        Relationships: []
      }
      registrations: {
        Row: {
          checked_at: string | null
          expires_on: string | null
          national_number: string | null
          number: string
          organization_id: string
          reason: string | null
          registry_name: string | null
          state: Database["public"]["Enums"]["registration_state"]
          updated_at: string
        }
        Insert: {
          checked_at?: string | null
          expires_on?: string | null
          national_number?: string | null
          number: string
          organization_id: string
          reason?: string | null
          registry_name?: string | null
          state?: Database["public"]["Enums"]["registration_state"]
          updated_at?: string
        }
        Update: {
          checked_at?: string | null
          expires_on?: string | null
          national_number?: string | null
          number?: string
          organization_id?: string
          reason?: string | null
          registry_name?: string | null
          state?: Database["public"]["Enums"]["registration_state"]
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "registrations_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      reports: {
        Row: {
          case_id: string
          closed_at: string | null
          created_at: string
          id: string
          note: string | null
          post_id: string
          reason: Database["public"]["Enums"]["report_reason"]
          reporter_id: string
        }
        Insert: {
          case_id: string
          closed_at?: string | null
          created_at?: string
          id?: string
          note?: string | null
          post_id: string
          reason: Database["public"]["Enums"]["report_reason"]
          reporter_id: string
        }
        Update: {
          case_id?: string
          closed_at?: string | null
          created_at?: string
          id?: string
          note?: string | null
          post_id?: string
          reason?: Database["public"]["Enums"]["report_reason"]
          reporter_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "reports_post_id_fkey"
            columns: ["post_id"]
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reports_reporter_id_fkey"
            columns: ["reporter_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      reputations: {
        Row: {
          answers_given: number
          person_id: string
          score: number
          votes_received: number
        }
        Insert: {
          answers_given?: number
          person_id: string
          score?: number
          votes_received?: number
        }
        Update: {
          answers_given?: number
          person_id?: string
          score?: number
          votes_received?: number
        }
        Relationships: [
          {
            foreignKeyName: "reputations_person_id_fkey"
            columns: ["person_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      tags: {
        Row: {
          created_at: string
          name_ar: string
          name_en: string
          retired_at: string | null
          revision: number
          slug: string
          synonyms: string[]
          topic_count: number
          updated_at: string
        }
        Insert: {
          created_at?: string
          name_ar: string
          name_en: string
          retired_at?: string | null
          revision?: number
          slug: string
          synonyms?: string[]
          topic_count?: number
          updated_at?: string
        }
        Update: {
          created_at?: string
          name_ar?: string
          name_en?: string
          retired_at?: string | null
          revision?: number
          slug?: string
          synonyms?: string[]
          topic_count?: number
          updated_at?: string
        }
        Relationships: []
      }
      topic_readers: {
        Row: {
          chosen_at: string | null
          level: Database["public"]["Enums"]["follow_level"] | null
          read_at: string | null
          read_number: number
          topic_id: string
          user_id: string
        }
        Insert: {
          chosen_at?: string | null
          level?: Database["public"]["Enums"]["follow_level"] | null
          read_at?: string | null
          read_number?: number
          topic_id: string
          user_id: string
        }
        Update: {
          chosen_at?: string | null
          level?: Database["public"]["Enums"]["follow_level"] | null
          read_at?: string | null
          read_number?: number
          topic_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "topic_readers_topic_id_fkey"
            columns: ["topic_id"]
            referencedRelation: "topics"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topic_readers_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      topics: {
        Row: {
          answer_id: string | null
          answered_at: string | null
          author_id: string | null
          category_id: string
          created_at: string
          deleted_at: string | null
          deleted_by: string | null
          deletion_reason: string | null
          edited_at: string | null
          id: string
          is_pinned: boolean
          is_pinned_everywhere: boolean
          last_author_id: string | null
          last_number: number
          last_post_at: string
          locked_at: string | null
          numbered_to: number
          organization_id: string
          pinned_at: string | null
          pinned_in: Database["public"]["Enums"]["pin_place"] | null
          pinned_until: string | null
          reply_count: number
          tags: string[]
          template_answers: NonNullable<Json>
          title: string
          trend: number
          updated_at: string
          visibility: Database["public"]["Enums"]["visibility"]
          vote_count: number
        }
        Insert: {
          answer_id?: string | null
          answered_at?: string | null
          author_id?: string | null
          category_id: string
          created_at?: string
          deleted_at?: string | null
          deleted_by?: string | null
          deletion_reason?: string | null
          edited_at?: string | null
          id?: string
          is_pinned?: never
          is_pinned_everywhere?: never
          last_author_id?: string | null
          last_number?: number
          last_post_at?: string
          locked_at?: string | null
          numbered_to?: number
          organization_id: string
          pinned_at?: string | null
          pinned_in?: Database["public"]["Enums"]["pin_place"] | null
          pinned_until?: string | null
          reply_count?: number
          tags?: string[]
          template_answers?: NonNullable<Json>
          title: string
          trend?: number
          updated_at?: string
          visibility: Database["public"]["Enums"]["visibility"]
          vote_count?: number
        }
        Update: {
          answer_id?: string | null
          answered_at?: string | null
          author_id?: string | null
          category_id?: string
          created_at?: string
          deleted_at?: string | null
          deleted_by?: string | null
          deletion_reason?: string | null
          edited_at?: string | null
          id?: string
          is_pinned?: never
          is_pinned_everywhere?: never
          last_author_id?: string | null
          last_number?: number
          last_post_at?: string
          locked_at?: string | null
          numbered_to?: number
          organization_id?: string
          pinned_at?: string | null
          pinned_in?: Database["public"]["Enums"]["pin_place"] | null
          pinned_until?: string | null
          reply_count?: number
          tags?: string[]
          template_answers?: NonNullable<Json>
          title?: string
          trend?: number
          updated_at?: string
          visibility?: Database["public"]["Enums"]["visibility"]
          vote_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "answers_are_of_the_topic"
            columns: ["id", "answer_id"]
            referencedRelation: "posts"
            referencedColumns: ["topic_id", "id"]
          },
          {
            foreignKeyName: "topics_author_id_fkey"
            columns: ["author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_category_id_fkey"
            columns: ["category_id"]
            referencedRelation: "categories"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_deleted_by_fkey"
            columns: ["deleted_by"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_last_author_id_fkey"
            columns: ["last_author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      votes: {
        Row: {
          created_at: string
          post_id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          post_id: string
          user_id: string
        }
        Update: {
          created_at?: string
          post_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "votes_post_id_fkey"
            columns: ["post_id"]
            referencedRelation: "posts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "votes_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      watched_words: {
        Row: {
          action: Database["public"]["Enums"]["watch_action"]
          created_at: string
          id: string
          kind: Database["public"]["Enums"]["watch_kind"]
          line: string
          word: string
        }
        Insert: {
          action: Database["public"]["Enums"]["watch_action"]
          created_at?: string
          id?: string
          kind: Database["public"]["Enums"]["watch_kind"]
          line?: never
          word: string
        }
        Update: {
          action?: Database["public"]["Enums"]["watch_action"]
          created_at?: string
          id?: string
          kind?: Database["public"]["Enums"]["watch_kind"]
          line?: never
          word?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      accept_documents: { Args: { documents: string[] }; Returns: undefined }
      accept_invitation: { Args: { token: string }; Returns: Json }
      admin_list_organizations: {
        Args: {
          after?: string
          query?: string
          size?: number
          sort?: string
          status?: Database["public"]["Enums"]["organization_status"]
        }
        Returns: Json
      }
      admin_list_people: {
        Args: {
          after?: string
          organization?: string
          query?: string
          size?: number
          status?: Database["public"]["Enums"]["person_status"]
        }
        Returns: Json
      }
      admin_organization: { Args: { organization: string }; Returns: Json }
      admin_person: { Args: { person: string }; Returns: Json }
      appeal: { Args: { id: string; text: string }; Returns: undefined }
      archive_category: {
        Args: { archived?: boolean; category: string }
        Returns: Json
      }
      begin_session: {
        Args: {
          address: string
          remember: boolean
          session: string
          user_agent: string
        }
        Returns: boolean
      }
      branch_page: {
        Args: { after?: string; post: string; size?: number }
        Returns: Json
      }
      cancel_email_change: {
        Args: Record<PropertyKey, never>
        Returns: undefined
      }
      cancel_erasure: { Args: Record<PropertyKey, never>; Returns: undefined }
      change_member_role: {
        Args: {
          member: string
          role: Database["public"]["Enums"]["member_role"]
        }
        Returns: Json
      }
      choose_best_answer: {
        Args: { post?: string; topic: string }
        Returns: Json
      }
      company_profile: { Args: Record<PropertyKey, never>; Returns: Json }
      create_upload: {
        Args: {
          content_type: string
          purpose: Database["public"]["Enums"]["file_purpose"]
          size: number
        }
        Returns: Json
      }
      deactivate_member: { Args: { member: string }; Returns: Json }
      deactivate_person: {
        Args: { person: string; reason: string }
        Returns: Json
      }
      decide_case: {
        Args: {
          decision: Database["public"]["Enums"]["case_decision"]
          expected?: number
          id: string
          note?: string
          until?: string
        }
        Returns: Json
      }
      decide_held_post: {
        Args: { accept: boolean; id: string; note?: string }
        Returns: Json
      }
      decide_join_request: {
        Args: {
          decision: Database["public"]["Enums"]["join_decision"]
          request: string
          role?: Database["public"]["Enums"]["member_role"]
        }
        Returns: Json
      }
      delete_post: { Args: { post: string }; Returns: undefined }
      delete_topic: { Args: { reason?: string; topic: string }; Returns: Json }
      discard_dead_jobs: {
        Args: { jobs: string[]; queue: string }
        Returns: Json
      }
      discard_draft: { Args: { key: string }; Returns: undefined }
      edit_post: { Args: { body: Json; post: string }; Returns: Json }
      edit_topic: {
        Args: {
          tags?: string[]
          template_answers?: Json
          title?: string
          topic: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Returns: Json
      }
      end_all_sessions: { Args: Record<PropertyKey, never>; Returns: Json }
      end_other_sessions: { Args: Record<PropertyKey, never>; Returns: Json }
      end_person_sessions: { Args: { person: string }; Returns: Json }
      end_session: { Args: { session: string }; Returns: Json }
      follow_topic: {
        Args: {
          level?: Database["public"]["Enums"]["follow_level"]
          topic: string
        }
        Returns: undefined
      }
      forget_unverified_signup: {
        Args: { email: string; token?: string }
        Returns: boolean
      }
      forgive_sign_in: {
        Args: { address: string; network: string }
        Returns: undefined
      }
      grant_platform_role: {
        Args: {
          person: string
          role: Database["public"]["Enums"]["platform_role"]
        }
        Returns: Json
      }
      hand_over: { Args: { member: string }; Returns: Json }
      held_post: { Args: { id: string }; Returns: Json }
      invite_people: {
        Args: {
          entries: Json
          locale?: Database["public"]["Enums"]["locale"]
          message?: string
          role?: Database["public"]["Enums"]["member_role"]
        }
        Returns: Json
      }
      leave_organization: { Args: Record<PropertyKey, never>; Returns: Json }
      likely_answers: { Args: { topic: string }; Returns: Json }
      list_audit_events: {
        Args: {
          action?: string
          actor?: string
          after?: number
          organization?: string
          outcome?: Database["public"]["Enums"]["audit_outcome"]
          since?: string
          size?: number
          subject?: string
          until?: string
        }
        Returns: Json
      }
      list_cases: {
        Args: {
          after?: string
          size?: number
          state?: Database["public"]["Enums"]["case_state"]
        }
        Returns: Json
      }
      list_categories: {
        Args: Record<PropertyKey, never>
        Returns: {
          archived_at: string
          color: string
          description_ar: string
          description_en: string
          icon: string
          id: string
          last_post_at: string
          name_ar: string
          name_en: string
          posting: Database["public"]["Enums"]["category_posting"]
          revision: number
          slug: string
          template: Json
          topic_count: number
        }[]
      }
      list_dead_jobs: {
        Args: { after?: string; queue: string; size?: number }
        Returns: Json
      }
      list_deleted_topics: {
        Args: { after?: string; size?: number }
        Returns: Json
      }
      list_drafts: { Args: Record<PropertyKey, never>; Returns: Json }
      list_invitations: {
        Args: { after?: string; query?: string; size?: number; state?: string }
        Returns: Json
      }
      list_join_requests: {
        Args: { after?: string; size?: number }
        Returns: Json
      }
      list_members: {
        Args: {
          after?: string
          query?: string
          reader?: Database["public"]["Enums"]["locale"]
          role?: Database["public"]["Enums"]["member_role"]
          size?: number
          sort?: Database["public"]["Enums"]["member_sort"]
          status?: Database["public"]["Enums"]["person_status"]
        }
        Returns: Json
      }
      list_notifications: {
        Args: { after?: string; size?: number; unread_only?: boolean }
        Returns: Json
      }
      list_organizations: {
        Args: {
          after?: string
          filters?: Json
          query?: string
          size?: number
          sort?: string
        }
        Returns: Json
      }
      list_people: {
        Args: { after?: string; filters?: Json; query?: string; size?: number }
        Returns: Json
      }
      list_platform_roles: { Args: Record<PropertyKey, never>; Returns: Json }
      list_sessions: { Args: Record<PropertyKey, never>; Returns: Json }
      list_tags: {
        Args: Record<PropertyKey, never>
        Returns: {
          name_ar: string
          name_en: string
          retired_at: string
          revision: number
          slug: string
          synonyms: string[]
          topic_count: number
        }[]
      }
      list_topics: {
        Args: { after?: string; filters?: Json; size?: number; sort?: string }
        Returns: Json
      }
      lock_topic: { Args: { locked?: boolean; topic: string }; Returns: Json }
      mark_all_read: { Args: { category?: string }; Returns: number }
      mark_notifications_read: {
        Args: { ids?: string[]; thread?: string }
        Returns: undefined
      }
      mark_read: { Args: { number: number; topic: string }; Returns: undefined }
      me: { Args: Record<PropertyKey, never>; Returns: Json }
      merge_tags: { Args: { from: string; into: string }; Returns: Json }
      moderation_case: { Args: { id: string }; Returns: Json }
      move_topic: { Args: { category: string; topic: string }; Returns: Json }
      my_notification_settings: {
        Args: Record<PropertyKey, never>
        Returns: Json
      }
      my_privacy: { Args: Record<PropertyKey, never>; Returns: Json }
      my_standing: { Args: Record<PropertyKey, never>; Returns: Json }
      open_topic: {
        Args: {
          body: Json
          category: string
          id?: string
          tags?: string[]
          template_answers?: Json
          title: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Returns: string
      }
      order_categories: { Args: { ids: string[] }; Returns: Json }
      organization_page: { Args: { organization: string }; Returns: Json }
      organization_statistics: {
        Args: { organization?: string }
        Returns: Json
      }
      person_page: { Args: { person: string }; Returns: Json }
      pin_topic: {
        Args: {
          place: Database["public"]["Enums"]["pin_place"]
          topic: string
          until?: string
        }
        Returns: Json
      }
      platform_health: { Args: Record<PropertyKey, never>; Returns: Json }
      post_history: {
        Args: { before?: number; post: string; size?: number }
        Returns: Json
      }
      posts_since: {
        Args: { after?: string; mark: number; size?: number; topic: string }
        Returns: Json
      }
      queue_overview: { Args: Record<PropertyKey, never>; Returns: Json }
      reactivate_member: { Args: { member: string }; Returns: Json }
      reactivate_person: {
        Args: { person: string; reason: string }
        Returns: Json
      }
      read_address: { Args: { person: string }; Returns: Json }
      read_invitation: {
        Args: { network: string; token: string }
        Returns: Json
      }
      read_unsubscribe_link: {
        Args: { network: string; token: string }
        Returns: Json
      }
      reinstate_organization: {
        Args: { organization: string; reason: string }
        Returns: Json
      }
      remove_member: { Args: { member: string }; Returns: Json }
      remove_picture: {
        Args: { purpose: Database["public"]["Enums"]["file_purpose"] }
        Returns: Json
      }
      remove_second_factor: {
        Args: { person: string; reason: string }
        Returns: Json
      }
      remove_watched_word: { Args: { id: string }; Returns: Json }
      replay_dead_jobs: {
        Args: { jobs?: string[]; queue: string }
        Returns: Json
      }
      reply: {
        Args: { body: Json; id?: string; parent?: string; topic: string }
        Returns: Json
      }
      report_post: {
        Args: {
          note?: string
          post: string
          reason: Database["public"]["Enums"]["report_reason"]
        }
        Returns: string
      }
      request_data_export: { Args: Record<PropertyKey, never>; Returns: Json }
      request_erasure: {
        Args: {
          choice: Database["public"]["Enums"]["erasure_choice"]
          dissolve?: boolean
        }
        Returns: Json
      }
      request_to_join: {
        Args: {
          email: string
          first_name: string
          last_name: string
          locale: Database["public"]["Enums"]["locale"]
          message?: string
        }
        Returns: undefined
      }
      resend_invitation: { Args: { invitation: string }; Returns: Json }
      resend_verification: { Args: { person: string }; Returns: Json }
      reset_second_factor: { Args: { person: string }; Returns: Json }
      restore_topic: { Args: { topic: string }; Returns: Json }
      retire_tag: { Args: { retired?: boolean; tag: string }; Returns: Json }
      review_case: {
        Args: {
          expected?: number
          id: string
          note: string
          outcome: Database["public"]["Enums"]["review_outcome"]
        }
        Returns: Json
      }
      revoke_invitation: { Args: { invitation: string }; Returns: Json }
      revoke_platform_role: { Args: { person: string }; Returns: Json }
      save_category: {
        Args: { expected?: number; id: string; patch: Json }
        Returns: Json
      }
      save_draft: {
        Args: { based_on?: string; content: Json; key: string }
        Returns: Json
      }
      save_tag: {
        Args: { expected?: number; patch: Json; slug: string }
        Returns: Json
      }
      save_watched_word: {
        Args: {
          action: Database["public"]["Enums"]["watch_action"]
          kind: Database["public"]["Enums"]["watch_kind"]
          word: string
        }
        Returns: Json
      }
      search_forum: {
        Args: { after?: string; filters?: Json; query: string; size?: number }
        Returns: Json
      }
      seen: { Args: Record<PropertyKey, never>; Returns: undefined }
      set_digest_time: {
        Args: { hour: number; weekday: number }
        Returns: undefined
      }
      set_notification_preference: {
        Args: {
          email: Database["public"]["Enums"]["mail_pace"]
          in_app: boolean
          kind: Database["public"]["Enums"]["notification_kind"]
        }
        Returns: undefined
      }
      set_posting_rules: { Args: { held_first_posts: number }; Returns: Json }
      set_registration_number: { Args: { number: string }; Returns: Json }
      signup_fault: { Args: { email: string; metadata: Json }; Returns: string }
      similar_topics: {
        Args: { category?: string; title: string }
        Returns: Json
      }
      suspend_organization: {
        Args: { organization: string; reason: string }
        Returns: Json
      }
      take_join_requests: { Args: { open: boolean }; Returns: Json }
      take_rate_limit: {
        Args: {
          bucket: string
          max_hits: number
          subject: string
          window_seconds: number
        }
        Returns: Json
      }
      topic_page: {
        Args: {
          after?: string
          before?: string
          post?: string
          size?: number
          sort?: string
          topic: string
        }
        Returns: Json
      }
      unread_count: { Args: Record<PropertyKey, never>; Returns: Json }
      unread_notifications: {
        Args: Record<PropertyKey, never>
        Returns: number
      }
      unsubscribe: {
        Args: { everything: boolean; network: string; token: string }
        Returns: Json
      }
      update_organization: {
        Args: { expected: number; patch: Json }
        Returns: Json
      }
      update_profile: { Args: { patch: Json }; Returns: undefined }
      vote: { Args: { post: string; useful: boolean }; Returns: Json }
      why_paused: { Args: Record<PropertyKey, never>; Returns: Json }
      withdraw_held_post: { Args: { id: string }; Returns: undefined }
    }
    Enums: {
      audit_outcome: "done" | "refused"
      case_decision: "keep" | "hide" | "delete" | "warn" | "suspend"
      case_state: "open" | "decided" | "appealed" | "closed"
      category_posting: "members" | "moderators"
      erasure_choice: "keep_without_name" | "remove"
      file_purpose: "avatar" | "logo" | "attachment"
      file_status: "pending" | "ready" | "rejected"
      follow_level: "watching" | "following" | "muted"
      held_state: "waiting" | "accepted" | "refused"
      join_decision: "approved" | "declined"
      legal_kind: "terms" | "privacy"
      locale: "ar" | "en"
      mail_pace: "at_once" | "daily" | "weekly" | "none"
      member_role: "member" | "admin"
      member_sort: "name" | "role" | "joined" | "last_seen"
      notification_kind:
        | "reply"
        | "mention"
        | "quote"
        | "best_answer"
        | "watched_topic"
        | "moderation"
        | "nudge"
      organization_size: "micro" | "small" | "medium" | "large"
      organization_status: "pending" | "active" | "suspended" | "dissolved"
      person_status: "pending" | "active" | "deactivated"
      pin_place: "category" | "forum"
      platform_role: "moderator" | "admin"
      profile_audience: "organization" | "community"
      registration_state:
        | "unverified"
        | "pending"
        | "verified"
        | "rejected"
        | "unavailable"
      report_reason:
        | "spam"
        | "offensive"
        | "personal_data"
        | "confidential"
        | "wrong"
        | "other"
      review_outcome: "upheld" | "overturned"
      visibility: "community" | "organization"
      watch_action: "report" | "refuse"
      watch_kind: "word" | "link"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      audit_outcome: ["done", "refused"],
      case_decision: ["keep", "hide", "delete", "warn", "suspend"],
      case_state: ["open", "decided", "appealed", "closed"],
      category_posting: ["members", "moderators"],
      erasure_choice: ["keep_without_name", "remove"],
      file_purpose: ["avatar", "logo", "attachment"],
      file_status: ["pending", "ready", "rejected"],
      follow_level: ["watching", "following", "muted"],
      held_state: ["waiting", "accepted", "refused"],
      join_decision: ["approved", "declined"],
      legal_kind: ["terms", "privacy"],
      locale: ["ar", "en"],
      mail_pace: ["at_once", "daily", "weekly", "none"],
      member_role: ["member", "admin"],
      member_sort: ["name", "role", "joined", "last_seen"],
      notification_kind: [
        "reply",
        "mention",
        "quote",
        "best_answer",
        "watched_topic",
        "moderation",
        "nudge",
      ],
      organization_size: ["micro", "small", "medium", "large"],
      organization_status: ["pending", "active", "suspended", "dissolved"],
      person_status: ["pending", "active", "deactivated"],
      pin_place: ["category", "forum"],
      platform_role: ["moderator", "admin"],
      profile_audience: ["organization", "community"],
      registration_state: [
        "unverified",
        "pending",
        "verified",
        "rejected",
        "unavailable",
      ],
      report_reason: [
        "spam",
        "offensive",
        "personal_data",
        "confidential",
        "wrong",
        "other",
      ],
      review_outcome: ["upheld", "overturned"],
      visibility: ["community", "organization"],
      watch_action: ["report", "refuse"],
      watch_kind: ["word", "link"],
    },
  },
} as const
